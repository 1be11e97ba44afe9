package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/tally"
)

// poolOf is a gift of so many tangki.
func poolOf(tangki int64) object {
	return object{
		"donor": object{"name": "PT Sumber Contoh", "class": "business", "showName": true, "email": "csr@sumber.contoh.invalid", "phone": "0812 0000 0009"},
		"lines": []object{{"package": "tangki", "quantity": tangki}}, "receivedOn": "2025-09-09", "note": "Tiba dengan\ndua truk.",
	}
}

// partOf is so many tangki of a pool for a recipient.
func partOf(r aid.RecipientID, tangki int64) object {
	return object{
		"recipient": r, "lines": []object{{"need": aid.NeedOf(r, "tangki"), "quantity": tangki}},
		"period": object{"from": "2025-09-11", "to": "2025-09-14"},
	}
}

// takes has the aggregator enter a pool and returns where it is.
func (w *world) takes(pool object) string {
	w.Helper()
	path := "/v1/staff/pools/" + w.uuid()
	w.as(aid.StaffAggregator, "relawan").put(path, pool)
	return path
}

// gives has the aggregator give a part of a pool.
func (w *world) gives(path string, part object) aid.CommitmentID {
	w.Helper()
	id := aid.CommitmentID(w.uuid())
	w.as(aid.StaffAggregator, "relawan").put(path+"/parts/"+string(id), part)
	return id
}

func TestAPoolIsDeliveredInPartsAndCountedOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		relawan := w.as(aid.StaffAggregator, "relawan")
		path := w.takes(poolOf(12))
		w.balanced(pasir)
		if place := w.place(pasir); place.Activity.Pledged != 0 {
			w.Errorf("a pool that nobody was given of: %+v", place.Activity)
		}
		first := w.gives(path, partOf(pasir, 3))
		w.pass(time.Minute)
		second := w.gives(path, partOf(pasir, 2))
		w.pass(time.Minute)
		third := w.gives(path, partOf(batu, 6))
		got := relawan.get(path)
		if got.Get("lines", 0, "left") != 1.0 || got.Get("lines", 0, "given") != 11.0 || got.Get("parts", 0, "id") != string(third) || got.Get("parts", 2, "lines", 0, "quantity") != 3.0 {
			w.Errorf("the pool: %s", got.Body)
		}
		if got.Get("donor", "email") != "csr@sumber.contoh.invalid" || got.Get("donor", "shown") != "PT Sumber Contoh" || got.Get("note") != "Tiba dengan dua truk." {
			w.Errorf("its giver: %s", got.Body)
		}
		w.balanced(pasir)
		w.balanced(batu)

		// What the public counts are three commitments of one collaborator, and eleven tangki.
		var places []aid.Place
		given := map[aid.RecipientID][]aid.Commitment{}
		for _, r := range []aid.RecipientID{pasir, batu} {
			places = append(places, w.place(r))
			all, err := w.store.Commitments(w.Context(), r)
			if err != nil {
				w.Fatal(err)
			}
			given[r] = all
		}
		for _, c := range given[pasir] {
			if c.DisplayName() != "PT Sumber Contoh" || c.Aggregator != sukarelawan || c.Route != aid.Aggregate || c.State != aid.Signed {
				w.Errorf("part %+v", c)
			}
		}
		totals := tally.Fold(places, w.pack.Catalogue())
		if n := totals.Packages["tangki"].Committed; n != 11 {
			w.Errorf("%d units are committed; the pool gave 11 of its 12", n)
		}
		if totals.Pledged != 3 {
			w.Errorf("%d commitments; want the three parts", totals.Pledged)
		}
		var giving tally.Giving
		for _, p := range places {
			giving = giving.Plus(tally.GivingOf(p, given[p.Recipient.ID], w.pack.Catalogue()))
		}
		if n := giving.Givers.Count(); n != (tally.Count{N: 1}) {
			w.Errorf("%+v collaborators; want one", n)
		}

		// They arrive, and what does not goes back to the pool.
		d := w.report(first, 3)
		w.answer(first, d, aid.Full)
		if c := w.read(first); c.State != aid.Received {
			w.Errorf("a part that was received in full is %s", c.State)
		}
		w.does(second, aid.Withdraw, func(c aid.Commitment) (aid.Commitment, error) {
			return c.WithdrawnFor("changed_plan", aid.Collaborator, w.clock(), w.pack.Catalogue())
		})
		if got := relawan.get(path); got.Get("lines", 0, "left") != 3.0 {
			w.Errorf("after a part of 2 was taken back: %s", got.Body)
		}
		w.balanced(pasir)
	})
}

func (w *world) place(r aid.RecipientID) aid.Place {
	w.Helper()
	p, _, err := w.store.Place(w.Context(), r)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func TestTheStewardHearsOfAPartAndNotWhoGaveThePool(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		path := w.takes(poolOf(12))
		id := w.gives(path, partOf(pasir, 3))
		c := w.read(id)
		for _, kind := range []aid.LetterKind{aid.LetterStewardPledged, aid.LetterPledged} {
			if _, err := w.store.Letter(w.Context(), table.LetterKeyOf(id, c.Version, kind)); err != nil {
				w.Errorf("letter %s: %v", kind, err)
			}
		}
		credential, err := w.store.Credential(w.Context(), id)
		if err != nil {
			w.Fatal(err)
		}
		if got := credential.Contact; got != (aid.Contact{Name: "Sukarelawan Contoh", Email: "relawan@kantor.contoh.invalid"}) {
			w.Errorf("the person in charge reaches %+v; want the aggregator", got)
		}
		named := partOf(pasir, 1)
		named["contact"] = object{"name": "Pak Sopir", "phone": "0812 0000 0008", "email": "gudang@contoh.invalid"}
		credential, err = w.store.Credential(w.Context(), w.gives(path, named))
		if err != nil {
			w.Fatal(err)
		}
		if got := credential.Contact; got != (aid.Contact{Name: "Pak Sopir", Email: "gudang@contoh.invalid", Phone: "+6281200000008"}) {
			w.Errorf("the person in charge reaches %+v; want who was named", got)
		}
		named["contact"] = object{"phone": "nol delapan", "email": "bukan surel"}
		got := w.as(aid.StaffAggregator, "relawan").refused(422, "invalid", "PUT", path+"/parts/"+w.uuid(), named)
		if !strings.Contains(got.Body, "/contact/phone") || !strings.Contains(got.Body, "/contact/email") {
			w.Errorf("a contact that is none: %s", got.Body)
		}
	})
}

func TestNoPartTakesMoreThanThereIs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		relawan := w.as(aid.StaffAggregator, "relawan")
		path := w.takes(poolOf(12))
		part := func(b object) (string, any) { return path + "/parts/" + w.uuid(), b }
		refused := func(status int, slug string, b object, says string) {
			w.Helper()
			to, body := part(b)
			if got := relawan.refused(status, slug, "PUT", to, body); !strings.Contains(got.Body, says) {
				w.Errorf("refused with %s; want %s", got.Body, says)
			}
		}
		refused(409, "melebihi-sisa", partOf(pasir, 11), `"remaining":10`)
		refused(422, "invalid", partOf(pasir, 13), `"code":"pool"`)
		w.gives(path, partOf(pasir, 8))
		refused(422, "invalid", partOf(batu, 5), `4 left in the pool`)
		refused(422, "invalid", partOf("34.71.01.1001.999", 1), `"pointer":"/recipient"`)
		galon := partOf(pasir, 1)
		galon["lines"] = []object{{"need": aid.NeedOf(pasir, "galon"), "quantity": 1}}
		refused(422, "invalid", galon, `"code":"not_in_pool"`)
		late := partOf(batu, 1)
		late["period"] = object{"from": "2031-01-01", "to": "2031-01-02"}
		refused(422, "invalid", late, `"code":"permit"`)

		water := poolOf(1)
		water["lines"] = []object{{"package": "galon", "quantity": 10}}
		if got := relawan.refused(422, "invalid", "PUT", "/v1/staff/pools/"+w.uuid(), water); !strings.Contains(got.Body, `"code":"direct_only"`) {
			w.Errorf("a pool of what is delivered directly: %s", got.Body)
		}
		w.balanced(pasir)
		w.balanced(batu)
	})
}

func TestAPartSentAgainIsOnePart(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		relawan := w.as(aid.StaffAggregator, "relawan")
		path := w.takes(poolOf(12))
		to := path + "/parts/" + w.uuid()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got := relawan.Send("PUT", to, "", partOf(pasir, 3)); got.Status != 200 {
					w.Errorf("%d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		if got := relawan.put(to, partOf(pasir, 3)); got.Get("lines", 0, "left") != 9.0 {
			w.Errorf("given four times at once: %s", got.Body)
		}
		relawan.refused(409, "already-exists", "PUT", to, partOf(pasir, 4))
		if n := w.records(); n != 2 {
			w.Errorf("%d records; want that of the pool and that of the part", n)
		}
		w.balanced(pasir)
	})
}

func TestManyOfficersNeverGiveMoreThanThePool(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		path := w.takes(poolOf(12))
		var wg sync.WaitGroup
		for n := range 5 {
			officer := w.as(aid.StaffAggregator, fmt.Sprint("relawan", n))
			wg.Go(func() {
				for _, r := range []aid.RecipientID{pasir, batu} {
					got := officer.Send("PUT", path+"/parts/"+w.uuid(), "", partOf(r, 3))
					if got.Status != 200 && got.Status != 409 && got.Status != 422 && got.Status != 503 {
						w.Errorf("%d %s", got.Status, got.Body)
					}
				}
			})
		}
		wg.Wait()
		w.balanced(pasir)
		w.balanced(batu)
		p, err := w.store.Pool(w.Context(), sukarelawan, aid.PoolID(path[strings.LastIndex(path, "/")+1:]))
		if err != nil {
			w.Fatal(err)
		}
		if err := tabletest.PoolBalance(w.Context(), w.store, p); err != nil {
			w.Error(err)
		}
	})
}

func TestAPoolSentAgainIsOnePool(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		relawan := w.as(aid.StaffAggregator, "relawan")
		path := w.takes(poolOf(12))
		relawan.put(path, poolOf(12))
		relawan.refused(409, "already-exists", "PUT", path, poolOf(13))
		w.pass(48 * time.Hour)
		w.takes(poolOf(5))
		got := relawan.get("/v1/staff/pools?limit=1")
		if got.Get("items", 0, "lines", 0, "quantity") != 5.0 || got.Get("next") == nil {
			w.Errorf("the newest: %s", got.Body)
		}
		if strings.Contains(got.Body, "csr@") {
			w.Errorf("a list shows how to reach who gave: %s", got.Body)
		}
		got = relawan.get(fmt.Sprintf("/v1/staff/pools?limit=5&cursor=%v", got.Get("next")))
		if got.Get("items", 0, "lines", 0, "quantity") != 12.0 || got.Get("next") != nil {
			w.Errorf("the rest: %s", got.Body)
		}
	})
}

func TestTheAggregatorsTrailNamesNoDonor(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	hidden := poolOf(12)
	hidden["donor"].(object)["showName"] = false
	w.gives(w.takes(hidden), partOf(pasir, 2))
	for _, a := range w.acts() {
		if said := fmt.Sprintf("%+v", a); strings.Contains(said, "Sumber") || strings.Contains(said, "csr@") {
			t.Errorf("the trail says who gave: %s", said)
		}
	}
	all, err := w.store.Commitments(w.Context(), pasir)
	if err != nil || len(all) != 1 || all[0].DisplayName() != aid.HambaAllah || all[0].Class != aid.Business {
		t.Errorf("the part %+v, %v; want no name, and a business", all, err)
	}
	if w.acts()[0].Area != area.Code(pasir) {
		t.Errorf("given in %s", w.acts()[0].Area)
	}
}
