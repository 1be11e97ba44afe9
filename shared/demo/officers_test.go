package demo_test

import (
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

func TestEveryRoleCanBePlayed(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*region.Pack{"jakarta": jakarta(t), "tiny": regiontest.Tiny(t)} {
		at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
		roles, seen := map[aid.StaffRole]int{}, map[string]bool{}
		for _, o := range demo.Officers(p, at) {
			known := func(code area.Code) bool { _, ok := p.Area(code); return ok }
			if _, err := o.Check(p.Catalogue(), known); err != nil {
				t.Errorf("%s: %s: %v", name, o.ID, err)
			}
			if !strings.Contains(o.Name, "Contoh") || seen[o.Name] || seen[string(o.ID)] || o.Version != 1 {
				t.Errorf("%s: %+v", name, o)
			}
			seen[o.Name], seen[string(o.ID)] = true, true
			roles[o.Role]++
		}
		for _, role := range aid.StaffRoles {
			if roles[role] == 0 {
				t.Errorf("%s: nobody is %s", name, role)
			}
		}
		if name == "jakarta" && (roles[aid.StaffVerifier] != 2 || roles[aid.StaffKelurahan] != 2 || roles[aid.StaffAggregator] != 2) {
			t.Errorf("%v: want two verifiers, two kelurahan, two aggregators", roles)
		}
	}
}
