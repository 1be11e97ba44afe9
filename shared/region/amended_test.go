package region_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/region/regiontest"
)

func amendment(list aid.List, id, entry string) aid.Amendment {
	return aid.Amendment{List: list, ID: id, Entry: []byte(entry)}
}

func TestAmendmentsReplaceAndAddEntries(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	q, err := p.Amended([]aid.Amendment{
		amendment(aid.PackageList, "tangki", `{"id":"tangki","program":"air-bersih","name":"Tangki Besar","unit":"tangki","contents":["8.000 liter"],"modality":"goods",
			"prices":[{"from":"2024-01-01","amount":300000},{"from":"2026-01-01","amount":400000}]}`),
		amendment(aid.ProgramList, "benih", `{"id":"benih","name":"Benih","running":true,"kinds":["padukuhan"]}`),
		amendment(aid.PackageList, "bibit", `{"id":"bibit","program":"benih","name":"Bibit","unit":"ikat","contents":["Bibit"],"modality":"goods"}`),
		amendment(aid.AggregatorList, "sukarelawan", `{"id":"sukarelawan","name":"Sukarelawan Contoh","permit":{"number":"CONTOH-9","until":"2031-12-31","evidence":"daftar kementerian"},
			"operatingShare":12.5,"frozen":"2025-09-10T04:00:00Z"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if price, _ := q.Catalogue().Packages["tangki"].PriceOn("2026-02-01"); price != 400000 {
		t.Errorf("a tangki costs %d after the new price", price)
	}
	if price, _ := p.Catalogue().Packages["tangki"].PriceOn("2026-02-01"); price != 350000 {
		t.Errorf("the pack itself changed: a tangki costs %d", price)
	}
	if bibit, ok := q.Package("bibit"); !ok || !bibit.For("padukuhan") || !q.Catalogue().Programs["benih"].Running {
		t.Errorf("added package %+v, %t", bibit, ok)
	}
	a := q.Catalogue().Aggregators["sukarelawan"]
	if !a.Frozen.Equal(time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)) || a.Refuses("2025-09-10", "2025-09-11") != "frozen" {
		t.Errorf("aggregator %+v refuses %q", a, a.Refuses("2025-09-10", "2025-09-11"))
	}
	if got := q.Aggregators[0]; got.OperatingShare == nil || *got.OperatingShare != 12.5 || got.Evidence != "daftar kementerian" {
		t.Errorf("aggregator %+v", got)
	}
	if diff := cmp.Diff(p.Leaves(), q.Leaves()); diff != "" {
		t.Errorf("leaves differ:\n%s", diff)
	}
}

func TestEntriesComeBackAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	var all []aid.Amendment
	for list, ids := range map[aid.List][]string{
		aid.ProgramList: {"pangan", "benih"}, aid.PackageList: {"siap-saji", "pelatihan"}, aid.AggregatorList: {"aksi-cepat-tanggap", "pmi-dki"},
	} {
		for _, id := range ids {
			e, err := p.Entry(list, id)
			if id == "benih" {
				if !errors.Is(err, aid.ErrNotFound) {
					t.Errorf("an unknown program is %v, %v", e, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, amendment(list, id, string(b)))
		}
	}
	q, err := p.Amended(all)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Catalogue(), q.Catalogue(), cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("amended by what it says itself, the pack differs:\n%s", diff)
	}
}

func TestAmendmentsAreCheckedLikeAPack(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	for name, c := range map[string]struct {
		amendment aid.Amendment
		want      string
	}{
		"unknown list":      {amendment("kinds", "padukuhan", `{}`), "no list"},
		"another id":        {amendment(aid.ProgramList, "benih", `{"id":"bibit","name":"x","running":false,"kinds":[]}`), "calls itself"},
		"unknown member":    {amendment(aid.ProgramList, "benih", `{"id":"benih","name":"x","running":false,"kinds":[],"x":1}`), "unknown field"},
		"more than a value": {amendment(aid.ProgramList, "benih", `{"id":"benih","name":"x","running":false,"kinds":[]} {}`), "follows"},
		"unknown kind":      {amendment(aid.ProgramList, "benih", `{"id":"benih","name":"x","running":false,"kinds":["kapal"]}`), "does not exist"},
		"empty program":     {amendment(aid.ProgramList, "benih", `{"id":"benih","name":"x","running":true,"kinds":[]}`), "has no package"},
		"price in disorder": {amendment(aid.PackageList, "tangki", `{"id":"tangki","program":"air-bersih","name":"x","unit":"x","contents":[],"modality":"goods",
			"prices":[{"from":"2025-01-01","amount":1},{"from":"2024-01-01","amount":1}]}`), "not ascending"},
		"share":  {amendment(aid.AggregatorList, "baru", `{"id":"baru","name":"x","permit":{"number":"1","until":"2030-01-01"},"operatingShare":101}`), "percent"},
		"permit": {amendment(aid.AggregatorList, "baru", `{"id":"baru","name":"x","permit":{"number":"","until":"2030-01-32"}}`), "permit number"},
	} {
		if _, err := p.Amended([]aid.Amendment{c.amendment}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	if q, err := p.Amended(nil); q != p || err != nil {
		t.Errorf("without amendments: another pack, %v", err)
	}
	if _, err := p.Entry("kinds", "padukuhan"); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("an entry of no list: %v", err)
	}
}
