package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// seeds is a programme as an assessor would change it.
func seeds(version int64) object {
	return object{"version": version, "name": "Benih dan Bibit", "running": false, "summary": "Menyusul\nnanti.", "kinds": []string{"padukuhan"}, "reason": "rapat 8 September"}
}

// tank is a package with a price from October on.
func tank(version int64) object {
	return object{
		"version": version, "program": "air-bersih", "name": "Tangki Air", "unit": "tangki", "contents": []string{"Air bersih 5.000 liter"}, "modality": "goods",
		"milliHouseholdDays": 50000, "reason": "harga solar naik",
		"prices": []object{{"from": "2024-01-01", "amount": 300000}, {"from": "2025-07-01", "amount": 350000}, {"from": "2025-10-01", "amount": 400000}},
	}
}

// permit is what the office knows of an aggregator.
func permit(version int64, until string) object {
	return object{
		"version": version, "name": "Sukarelawan Contoh", "permit": object{"number": "CONTOH-1", "until": until, "evidence": "surat di map 7"},
		"operatingShare": 7.5, "note": "Diperiksa lagi setiap tahun.", "reason": "izin diperpanjang",
	}
}

func (w *world) freezing(frozen bool) object {
	return object{"id": w.uuid(), "frozen": frozen, "reason": "izin sedang diperiksa"}
}

// pack is the region as it stands.
func (w *world) standing() *region.Pack {
	w.Helper()
	pack, _, err := w.server.standing(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return pack
}

func TestAProgrammeRunsOnceItHasWhatToGive(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		ani := w.as(aid.StaffAssessor, "ani")
		start := seeds(0)
		start["running"] = true
		got := ani.refused(422, "invalid", "PUT", "/v1/staff/programs/benih", start)
		if !strings.Contains(got.Body, "has no package") {
			w.Errorf("a running programme without a package: %s", got.Body)
		}
		bibit := object{"version": 0, "program": "benih", "name": "Bibit", "unit": "ikat", "contents": []string{"Bibit cabai"}, "modality": "goods",
			"prices": []object{{"from": "2025-09-10", "amount": 5000}}, "reason": "isi program"}
		if got := ani.put("/v1/staff/packages/bibit", bibit); got.Get("version") != 1.0 {
			w.Errorf("new package: %s", got.Body)
		}
		got = ani.put("/v1/staff/programs/benih", start)
		if got.Get("running") != true || got.Get("version") != 1.0 || got.Get("history", 0, "changed", 0) == nil {
			w.Errorf("programme: %s", got.Body)
		}
		if got.Get("summary") != "Menyusul nanti." {
			w.Errorf("summary of two lines: %s", got.Body)
		}
		if !w.standing().Catalogue().Programs["benih"].Running {
			w.Error("the programme does not run")
		}
		if got := ani.get("/v1/staff/programs"); !strings.Contains(got.Body, `"id":"benih","version":1`) || !strings.Contains(got.Body, `"id":"air-bersih","version":0`) {
			w.Errorf("programmes: %s", got.Body)
		}
		if got := ani.get("/v1/staff/packages"); !strings.Contains(got.Body, `"id":"bibit","version":1`) {
			w.Errorf("packages: %s", got.Body)
		}
		ani.refused(404, "not-found", "GET", "/v1/staff/programs/kapal", nil)
		ani.refused(404, "not-found", "GET", "/v1/staff/packages/kapal", nil)
		ani.refused(404, "not-found", "GET", "/v1/staff/aggregators/kapal", nil)
	})
}

func TestOfTwoEditorsTheSecondIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		ani, budi := w.as(aid.StaffAssessor, "ani"), w.as(aid.StaffAdmin, "budi")
		first := ani.put("/v1/staff/programs/benih", seeds(0))
		other := seeds(0)
		other["name"] = "Benih Unggul"
		budi.refused(412, "stale", "PUT", "/v1/staff/programs/benih", other)
		if again := ani.put("/v1/staff/programs/benih", seeds(0)); again.Body != first.Body {
			w.Errorf("sent again: %s\nfirst: %s", again.Body, first.Body)
		}
		other["version"] = 1
		w.pass(time.Minute)
		budi.put("/v1/staff/programs/benih", other)
		acts := w.acts()
		if len(acts) != 2 || acts[0].By != "budi" || acts[0].Object != "program/benih" || !strings.Contains(acts[0].Before, "Benih dan Bibit") || !strings.Contains(acts[0].After, "Benih Unggul") {
			w.Errorf("the trail: %+v", acts)
		}
	})
}

func TestTwoEditorsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var wg sync.WaitGroup
		won := make(chan string, 6)
		for n := range cap(won) {
			editor := w.as(aid.StaffAdmin, fmt.Sprint("petugas", n))
			wg.Go(func() {
				b := seeds(0)
				b["name"] = fmt.Sprint("Benih ", n)
				if got := editor.Send("PUT", "/v1/staff/programs/benih", "", b); got.Status == 200 {
					won <- fmt.Sprint("Benih ", n)
				} else if got.Status != 412 {
					w.Errorf("%d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		close(won)
		names := []string{}
		for name := range won {
			names = append(names, name)
		}
		if got := w.standing().Catalogue().Programs["benih"].Name; len(names) != 1 || names[0] != got {
			w.Errorf("told that they changed it: %v; it says %q", names, got)
		}
	})
}

func TestAPriceHoldsFromADayAfterToday(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	ani := w.as(aid.StaffAssessor, "ani")
	for name, c := range map[string]struct {
		change func(object)
		want   string // pointer and code
	}{
		"a price of today": {func(b object) {
			b["prices"] = append(b["prices"].([]object)[:2], object{"from": "2025-09-10", "amount": 400000})
		}, "/prices/2/from past"},
		"another price of July": {func(b object) { b["prices"].([]object)[1]["amount"] = 351000 }, "/prices/1/from past,/prices fixed"},
		"the past forgotten":    {func(b object) { b["prices"] = b["prices"].([]object)[1:] }, "/prices fixed"},
		"another modality":      {func(b object) { b["modality"] = "loan" }, "/modality fixed"},
		"another programme":     {func(b object) { b["program"] = "benih" }, "/program fixed"},
		"no day":                {func(b object) { b["prices"].([]object)[2]["from"] = "2025-13-01" }, "/prices/2/from date"},
		"disorder":              {func(b object) { b["prices"].([]object)[2]["from"] = "2025-06-01" }, "/prices/2/from past,/prices/2/from order"},
		"an empty content":      {func(b object) { b["contents"] = []string{" "} }, "/contents/0 required"},
		"a hidden mark":         {func(b object) { b["name"] = "Tangki\u202eAir" }, "/name text"},
	} {
		b := tank(0)
		c.change(b)
		got := ani.refused(422, "invalid", "PUT", "/v1/staff/packages/tangki", b)
		var said []string
		errors, _ := got.Get("errors").([]any)
		for _, e := range errors {
			f, _ := e.(map[string]any)
			said = append(said, fmt.Sprint(f["pointer"], " ", f["code"]))
		}
		if strings.Join(said, ",") != c.want {
			t.Errorf("%s: %v; want %s", name, said, c.want)
		}
	}
	got := ani.put("/v1/staff/packages/tangki", tank(0))
	if diff := cmp.Diff([]any{"prices"}, got.Get("history", 0, "changed")); diff != "" {
		t.Errorf("changed members differ (-want +got):\n%s", diff)
	}
	tangki := w.standing().Catalogue().Packages["tangki"]
	for day, want := range map[aid.Day]aid.Rupiah{"2025-09-30": 350000, "2025-10-01": 400000} {
		if price, _ := tangki.PriceOn(day); price != want {
			t.Errorf("a tangki costs %d on %s; want %d", price, day, want)
		}
	}
}

func TestAFrozenAggregatorTakesNothingNewAndKeepsItsHistory(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		admin := w.as(aid.StaffAdmin, "budi")
		before := w.pledgeVia(sukarelawan, pasir, 2, siti)
		w.pass(time.Hour)
		freezing := w.freezing(true)
		got := admin.post("/v1/staff/aggregators/sukarelawan/freeze", freezing)
		if got.Get("frozen") != "2025-09-10T06:00:00Z" || got.Get("takes") != false {
			w.Errorf("frozen: %s", got.Body)
		}
		w.pass(time.Hour)
		admin.post("/v1/staff/aggregators/sukarelawan/freeze", freezing)
		if again := admin.post("/v1/staff/aggregators/sukarelawan/freeze", w.freezing(true)); again.Get("frozen") != "2025-09-10T06:00:00Z" {
			w.Errorf("frozen again: %s", again.Body)
		}
		if c := w.read(before); c.State != aid.Pledged {
			w.Errorf("what it took before is %s", c.State)
		}
		relawan := w.as(aid.StaffAggregator, "relawan")
		got = relawan.refused(422, "invalid", "PUT", "/v1/staff/pools/"+w.uuid(), poolOf(10))
		if !strings.Contains(got.Body, `"code":"frozen"`) {
			w.Errorf("a pool while frozen: %s", got.Body)
		}
		// The permit is edited, and it stays frozen.
		if got := admin.put("/v1/staff/aggregators/sukarelawan", permit(1, "2031-12-31")); got.Get("frozen") == nil || got.Get("operatingShare") != 7.5 {
			w.Errorf("edited while frozen: %s", got.Body)
		}
		if got := admin.post("/v1/staff/aggregators/sukarelawan/freeze", w.freezing(false)); got.Get("frozen") != nil || got.Get("takes") != true {
			w.Errorf("thawed: %s", got.Body)
		}
		w.takes(poolOf(10))
		actions := []string{}
		for _, a := range w.acts() {
			actions = append(actions, a.Action)
		}
		if diff := cmp.Diff([]string{"take", "thaw", "put", "freeze", "freeze"}, actions, cmp.Transformer("count", func(all []string) map[string]int {
			n := map[string]int{}
			for _, a := range all {
				n[a]++
			}
			return n
		})); diff != "" {
			w.Errorf("the trail differs (-want +got):\n%s", diff)
		}
	})
}

func TestAnAggregatorWithoutAPermitTakesNoPool(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin, relawan := w.as(aid.StaffAdmin, "budi"), w.as(aid.StaffAggregator, "relawan")
	admin.put("/v1/staff/aggregators/sukarelawan", permit(0, "2025-09-09"))
	got := relawan.refused(422, "invalid", "PUT", "/v1/staff/pools/"+w.uuid(), poolOf(10))
	if !strings.Contains(got.Body, `"code":"permit"`) {
		t.Errorf("a pool after the permit ended: %s", got.Body)
	}
	for _, b := range []object{
		{"number": "CONTOH", "until": "besok"}, {"number": " ", "until": "2031-12-31"}, {"number": "CONTOH", "until": "2031-12-31", "revoked": "kemarin"},
	} {
		p := permit(1, "")
		p["permit"] = b
		admin.refused(422, "invalid", "PUT", "/v1/staff/aggregators/sukarelawan", p)
	}
	if got := admin.put("/v1/staff/aggregators/baru", permit(0, "2031-12-31")); got.Get("takes") != true {
		t.Errorf("a new aggregator: %s", got.Body)
	}
}

func TestWhatWasAddedToTheCatalogueCanBeNeededAtOnce(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	ani := w.as(aid.StaffAssessor, "ani")
	ani.put("/v1/staff/packages/selang", object{"version": 0, "program": "air-bersih", "name": "Selang", "unit": "meter", "contents": []string{"Selang air"}, "modality": "goods", "reason": "diminta warga"})
	ani.put("/v1/staff/recipients/"+string(pasir)+"/needs/selang", object{"version": 0, "needed": 30, "confirmedOn": "2025-09-10", "source": "kelurahan", "reason": "dicek lapangan"})
	if i := len(w.place(pasir).Needs); i != 3 {
		t.Errorf("%d needs; want that of the new package too", i)
	}
}
