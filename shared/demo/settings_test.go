package demo

import (
	"strings"
	"testing"

	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

func TestSettingsOfAnotherRegionAreRefused(t *testing.T) {
	t.Parallel()
	p, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := settingsFor(p)
	if err != nil {
		t.Fatal(err)
	}
	err = s.check(regiontest.Tiny(t))
	if err == nil {
		t.Fatal("Jakarta's settings were accepted for a region without its kinds")
	}
	for _, missing := range []string{`kind "rw"`, `package "sembako"`, `flag "cap-2019"`, `area "31.74"`} {
		if !strings.Contains(err.Error(), missing) {
			t.Errorf("the refusal does not name %s", missing)
		}
	}
}

func TestEverySettingsFileBelongsToAPack(t *testing.T) {
	t.Parallel()
	files, err := embedded.ReadDir("settings")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		p, err := region.Load(strings.TrimSuffix(f.Name(), ".json"))
		if err != nil {
			t.Errorf("%s: %v", f.Name(), err)
			continue
		}
		if _, err := settingsFor(p); err != nil {
			t.Error(err)
		}
	}
}
