package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

// decides makes a decision and insists on success.
func (w *world) decides(id aid.CommitmentID, decision string, takes object) webtest.Answer {
	w.Helper()
	path, body := w.decision(id, decision, takes)
	return w.Want(200, "POST", path, "", body)
}

// reviews says what a file shows.
func (w *world) reviews(id aid.CommitmentID, e aid.Evidence, decision string) webtest.Answer {
	w.Helper()
	return w.post(reviewPath(e), object{"id": w.uuid(), "commitment": id, "decision": decision, "reason": "dilihat di layar"})
}

// texts reads a list of texts of an answer.
func texts(a webtest.Answer, path ...any) []string {
	list, _ := a.Get(path...).([]any)
	found := []string{}
	for _, v := range list {
		s, _ := v.(string)
		found = append(found, s)
	}
	return found
}

func TestAnOfficerHelpsAPromiseAlongAndTheTrailSaysSo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		lurah := w.as(aid.StaffKelurahan, "lurah", pasirArea)
		path, body := w.decision(id, "contacted", nil)
		got := lurah.Want(200, "POST", path, "", body)
		if got.Text("commitment", "state") != "contacted" {
			t.Errorf("the commitment is %s", got.Body)
		}
		// What one has seen is no longer so.
		if stale := lurah.refused(412, "stale", "POST", path, object{"id": w.uuid(), "version": 2, "decision": "schedule", "on": "2025-09-12", "reason": "sepakat"}); stale.Status != 412 {
			t.Error(stale.Body)
		}
		lurah.decides(id, "schedule", object{"on": "2025-09-12", "from": "09:00", "to": "11:00"})
		lurah.decides(id, "withdraw", object{"slug": "cannot_deliver"})
		w.balanced(pasir)

		acts := w.acts()
		said := []string{}
		for _, a := range acts {
			said = append(said, fmt.Sprintf("%s %s %s %s", a.By, a.Action, a.Object, a.Reason))
		}
		want := "lurah withdraw commitment/" + string(id) + " ditelepon kedua pihak"
		if len(acts) != 3 || said[0] != want || !strings.Contains(acts[0].Before, `"state":"scheduled"`) || !strings.Contains(acts[0].After, `"state":"withdrawn"`) {
			t.Errorf("the trail is %v, the last %+v; want three acts, the last %q from scheduled to withdrawn", said, acts[0], want)
		}
		// The same id with something else is somebody's mistake.
		body.(object)["decision"] = "withdraw"
		lurah.refused(409, "already-exists", "POST", path, body)
	})
}

func TestTwoOfficersDecideAtOnceAndTheSecondIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		const officers = 8
		answers := make([]webtest.Answer, officers)
		path, _ := w.decision(id, "withdraw", nil)
		var wait sync.WaitGroup
		for i := range officers {
			body := object{"id": w.uuid(), "version": 2, "decision": "contacted", "reason": "ditelepon"}
			if i%2 == 0 {
				body["decision"], body["slug"] = "withdraw", "other"
			}
			officer := w.as(aid.StaffVerifier, fmt.Sprintf("petugas%d", i))
			wait.Go(func() { answers[i] = officer.Send("POST", path, "", body) })
		}
		wait.Wait()
		made := 0
		for i, a := range answers {
			switch {
			case a.Status == 200:
				made++
			case a.Status != 412:
				t.Errorf("officer %d: %d %s; want 200 or 412", i, a.Status, a.Body)
			}
		}
		if c := w.read(id); made != 1 || c.Version != 3 || w.records() != 1 {
			t.Errorf("%d of %d decisions were made, at version %d with %d records; want one", made, officers, c.Version, w.records())
		}
		w.balanced(pasir)
	})
}

func TestAReceiptFromABASTTakesThreePeople(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		d := w.report(id, 4)
		scan := w.file(id, aid.EvidenceBAST, "pindaian")
		vera, wira, yuda := w.as(aid.StaffVerifier, "vera"), w.as(aid.StaffVerifier, "wira"), w.as(aid.StaffVerifier, "yuda")
		receipt := object{"delivery": d, "answer": "fewer", "quantities": []int64{3}, "evidence": []aid.EvidenceID{scan.ID}}
		path, body := w.decision(id, "receipt", receipt)
		if got := wira.refused(422, "invalid", "POST", path, body); got.Text("errors", 0, "code") != "unapproved" {
			t.Errorf("a BAST that nobody looked at is refused as %s", got.Body)
		}
		if got := vera.reviews(id, scan, "approved"); got.Text("evidence", 0, "review") != "approved" || got.Text("evidence", 0, "display") == "" {
			t.Errorf("after the review: %s", got.Body)
		}
		path, body = w.decision(id, "receipt", receipt)
		if got := vera.refused(422, "invalid", "POST", path, body); got.Text("errors", 0, "code") != "same_officer" {
			t.Errorf("one's own approval is refused as %s", got.Body)
		}
		if got := wira.decides(id, "receipt", receipt); got.Text("commitment", "state") != "disputed" {
			t.Errorf("fewer than reported makes %s", got.Text("commitment", "state"))
		}
		// Whoever gave the receipt does not settle what came of it.
		path, body = w.decision(id, "settle", object{"delivery": d, "quantities": []int64{3}})
		wira.refused(403, "denied", "POST", path, body)
		if got := yuda.decides(id, "settle", object{"delivery": d, "quantities": []int64{3}}); got.Get("commitment", "lines", 0, "received") != 3.0 {
			t.Errorf("settled: %s", got.Body)
		}
		w.balanced(pasir)
		// A scan carries signatures: nobody ever sees it.
		if shown := w.public.Objects(); len(shown) > 0 {
			t.Errorf("in public there is %v", shown)
		}
	})
}

func TestAnApprovedPhotoIsShownUntilThatIsTakenBack(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		photo := w.file(id, aid.EvidencePhoto, "foto")
		vera := w.as(aid.StaffVerifier, "vera")
		shown := func() bool { _, is := w.public.Objects()["foto/"+string(photo.ID)+".jpg"]; return is }

		request := object{"id": w.uuid(), "commitment": id, "decision": "approved"}
		vera.post(reviewPath(photo), request)
		if !shown() {
			t.Fatal("an approved photo is not shown")
		}
		// The copy was lost on the way: the same request puts it back.
		w.public.Lose("foto/" + string(photo.ID) + ".jpg")
		vera.post(reviewPath(photo), request)
		if !shown() {
			t.Error("the same request did not finish what was interrupted")
		}
		w.as(aid.StaffVerifier, "wira").refused(409, "state", "POST", reviewPath(photo), object{"id": w.uuid(), "commitment": id, "decision": "rejected", "reason": "buram"})
		vera.reviews(id, photo, "reopen")
		if shown() {
			t.Error("a photo is shown after its approval was taken back")
		}
		vera.reviews(id, photo, "rejected")
		vera.reviews(id, photo, "reopen")
		vera.reviews(id, photo, "approved")
		if !shown() {
			t.Error("a photo that was approved again is not shown")
		}
		other := w.pledge(pasir, 1, 0, siti)
		vera.refused(404, "not-found", "POST", reviewPath(photo), object{"id": w.uuid(), "commitment": other, "decision": "approved"})
	})
}

func TestANameIsHiddenAndPutBack(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		rude := aid.Contact{Name: "Nama Kasar", Phone: "+628110000088", Email: "kasar@contoh.invalid"}
		id := w.pledge(pasir, 2, 0, rude)
		vera := w.as(aid.StaffVerifier, "vera")
		waits := func() int { return len(vera.items("/v1/staff/queue?tab=moderation")) }
		if got := vera.items("/v1/staff/queue?tab=moderation"); len(got) != 1 || got[0]["text"] != "Nama Kasar" {
			t.Fatalf("what waits to be looked at is %v", got)
		}
		got := vera.decides(id, "hide-name", nil)
		if got.Text("commitment", "name") != aid.HambaAllah || got.Text("commitment", "givenName") != "Nama Kasar" || waits() != 0 {
			t.Errorf("hidden: %s, and %d wait", got.Body, waits())
		}
		if w.read(id).Name != "" {
			t.Error("the name is still in the ledger")
		}
		got = vera.decides(id, "reopen-moderation", nil)
		if got.Text("commitment", "name") != "Nama Kasar" || got.Get("commitment", "moderated") != false || waits() != 1 {
			t.Errorf("put back: %s, and %d wait", got.Body, waits())
		}
		got = vera.decides(id, "moderated", nil)
		if got.Get("commitment", "moderated") != true || waits() != 0 {
			t.Errorf("looked at: %s, and %d wait", got.Body, waits())
		}
		path, body := w.decision(id, "moderated", nil)
		vera.refused(409, "state", "POST", path, body)
		if n := w.records(); n != 3 {
			t.Errorf("%d records; want 3", n)
		}
	})
}

// list reads the items of a page.
func (w *world) items(path string) []object {
	w.Helper()
	items, _ := w.get(path).Get("items").([]any)
	all := []object{}
	for _, i := range items {
		all = append(all, i.(object))
	}
	return all
}

func TestTheQueueShowsEachRoleItsOwnWork(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		here, there := w.pledge(pasir, 2, 0, siti), w.pledge(batu, 2, 0, siti)
		carried := w.pledgeVia(sukarelawan, pasir, 1, siti)
		scan := w.file(here, aid.EvidenceBAST, "pindaian")

		ids := func(of *world, path string) map[string]bool {
			all := map[string]bool{}
			for _, i := range of.items(path) {
				all[i["id"].(string)] = true
			}
			return all
		}
		admin, lurah := w.as(aid.StaffAdmin, "ani"), w.as(aid.StaffKelurahan, "lurah", pasirArea)
		mitra := w.as(aid.StaffAggregator, "mitra")
		for who, c := range map[string]struct {
			of   *world
			want []aid.CommitmentID
		}{
			"admin":      {admin, []aid.CommitmentID{here, there, carried}},
			"kelurahan":  {lurah, []aid.CommitmentID{here, carried}},
			"aggregator": {mitra, []aid.CommitmentID{carried}},
		} {
			got := ids(c.of, "/v1/staff/queue?tab=new")
			for _, id := range c.want {
				if !got[string(id)] {
					t.Errorf("%s does not see %s", who, id)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("%s sees %v; want %v", who, got, c.want)
			}
			counts := c.of.get("/v1/staff/queue/counts")
			if counts.Text("tabs", 0, "tab") != "new" || counts.Get("tabs", 0, "total") != float64(len(c.want)) {
				t.Errorf("%s counts %s; want %d new", who, counts.Body, len(c.want))
			}
		}
		// Pages follow each other without a gap and without a repeat.
		seen := map[string]int{}
		for cursor := ""; ; {
			page := admin.get("/v1/staff/queue?tab=new&limit=1&cursor=" + cursor)
			items, _ := page.Get("items").([]any)
			for i := range items {
				seen[page.Text("items", i, "id")]++
			}
			if cursor = page.Text("next"); cursor == "" {
				break
			}
		}
		if len(seen) != 3 {
			t.Errorf("page by page: %v; want three", seen)
		}
		if got := admin.items("/v1/staff/queue?tab=evidence"); len(got) != 1 || got[0]["id"] != string(scan.ID) {
			t.Errorf("evidence that waits: %v", got)
		}
		lurah.refused(403, "denied", "GET", "/v1/staff/queue?tab=evidence", nil)

		// Time passes: what was new is late.
		w.pass(30 * time.Hour)
		if late, fresh := ids(lurah, "/v1/staff/queue?tab=late"), ids(lurah, "/v1/staff/queue?tab=new"); !late[string(here)] || len(fresh) > 0 {
			t.Errorf("after 30 hours late is %v and new is %v", late, fresh)
		}
		lurah.decides(here, "contacted", nil)
		if late := ids(lurah, "/v1/staff/queue?tab=late"); late[string(here)] {
			t.Error("who was spoken to is still late")
		}
	})
}

// wargaLeaf is the leaf that all places of the stories are in.
var wargaLeaf = aid.Leaf{Area: "34.71.01", Group: "warga"}

// agreed has two officers agree that totals may fall.
func (w *world) agreed() {
	w.Helper()
	if err := w.store.RecordCorrection(w.Context(), wargaLeaf, aid.Correction{On: w.clock(), Reason: correctionReason, By: correctionBy}); err != nil {
		w.Fatal(err)
	}
}

func TestOneOfficerAloneLowersNoTotalByMuch(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		dina, vera := w.as(aid.StaffAssessor, "dina"), w.as(aid.StaffVerifier, "vera")
		galon := pasirPath + "/needs/galon"
		need := object{"version": 1, "needed": 50, "confirmedOn": "2025-09-09", "source": "survei", "reason": "salah hitung"}
		place := pasirBody(1)
		place["households"] = 10
		alone := func(method, path string, body object) {
			w.Helper()
			before := w.dump()
			if got := dina.refused(422, "invalid", method, path, body); got.Text("errors", 0, "code") != "two_officers" {
				w.Errorf("%s %s: %s", method, path, got.Body)
			}
			if w.dump() != before {
				w.Errorf("%s %s was refused and wrote", method, path)
			}
		}
		alone("PUT", galon, need)
		alone("PUT", pasirPath, place)
		alone("POST", pasirPath+"/closure", object{"id": w.uuid(), "version": 1, "closed": true, "reason": "warga pindah"})
		// A little may fall: it is what offices find out every day.
		dina.put(galon, w.changed(need, "needed", 90))
		w.pass(time.Minute)

		proposal := "/v1/staff/proposals/" + w.uuid()
		dina.put(proposal, object{"kind": "totals", "object": "leaf/" + wargaLeaf.String(), "change": object{}, "reason": "salah hitung di seluruh padukuhan"})
		alone("PUT", galon, w.changed(need, "version", 2))
		vera.post(proposal+"/decision", object{"id": w.uuid(), "decision": "approve", "reason": "cocok dengan survei"})
		w.pass(time.Minute)
		dina.put(galon, w.changed(need, "version", 2))
		dina.put(pasirPath, place)
		w.pass(25 * time.Hour)
		alone("PUT", galon, w.changed(w.changed(need, "version", 3), "needed", 5))
		w.balanced(pasir)
	})
}

func TestNobodyIsAskedWhetherWhatIsPromisedIsNeeded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		lurah := w.as(aid.StaffAssessor, "lurah")
		stale := func() map[string]bool {
			found := map[string]bool{}
			for _, i := range lurah.items("/v1/staff/queue?tab=stale") {
				found[i["id"].(string)] = true
			}
			return found
		}
		w.pass(400 * 24 * time.Hour)
		if got := stale(); len(got) != 3 {
			t.Fatalf("after 400 days these are asked for: %v; want all three needs", got)
		}
		// One is promised in full, and one is of a place that closed.
		w.pledge(pasir, 10, 0, siti)
		w.agreed()
		lurah.post("/v1/staff/recipients/"+string(batu)+"/closure", object{"id": w.uuid(), "version": 1, "closed": true, "reason": "sudah pindah"})
		if got, want := stale(), string(aid.NeedOf(pasir, "galon")); len(got) != 1 || !got[want] {
			t.Errorf("asked for are %v; want %s alone", got, want)
		}
	})
}

func TestACaseLiesOnOneDeskWithItsNotes(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		vera, lurah := w.as(aid.StaffVerifier, "vera"), w.as(aid.StaffKelurahan, "lurah", pasirArea)
		if got := vera.post(workPath(id)+"/assignment", object{"id": w.uuid(), "to": "me"}); got.Text("assigned", "id") != "vera" {
			t.Errorf("taken: %s", got.Body)
		}
		lurah.post(workPath(id)+"/notes", object{"id": w.uuid(), "text": "Pak RW sedang\nke luar kota"})
		got := vera.get(commitmentPath(id))
		if got.Text("assigned", "name") != "Vera Contoh" || got.Text("notes", 0, "text") != "Pak RW sedang ke luar kota" || got.Text("notes", 0, "by", "id") != "lurah" {
			t.Errorf("the case is %s", got.Body)
		}
		row := vera.items("/v1/staff/queue?tab=new")[0]
		if row["notes"] != 1.0 || row["assigned"].(object)["id"] != "vera" {
			t.Errorf("in the queue it is %v", row)
		}
		vera.refused(422, "invalid", "POST", workPath(id)+"/assignment", object{"id": w.uuid(), "to": "siapa"})
		lurah.post(workPath(id)+"/assignment", object{"id": w.uuid(), "to": ""})
		if got := vera.get(workPath(id)); got.Get("assigned") != nil || len(texts(got, "history")) != 3 {
			t.Errorf("put back: %s", got.Body)
		}
	})
}

func TestASettledFigureChangesWhenTwoAgree(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.received(pasir, 4)
		vera, wira := w.as(aid.StaffVerifier, "vera"), w.as(aid.StaffVerifier, "wira")
		path, body := w.proposing("receipt", id, 3)
		if got := vera.Want(200, "PUT", path, "", body); got.Text("state") != "open" || got.Get("mine") != true || got.Get("received", 0) != 4.0 || got.Text("title") != id.Number() {
			t.Errorf("proposed: %s", got.Body)
		}
		vera.Want(200, "PUT", path, "", body)
		other := object{}
		for k, v := range body.(object) {
			other[k] = v
		}
		other["change"] = object{"delivery": w.read(id).Deliveries[0].ID, "quantities": []int64{2}}
		vera.refused(409, "already-exists", "PUT", path, other)
		if got := wira.items("/v1/staff/queue?tab=proposal"); len(got) != 1 || got[0]["mine"] != false {
			t.Errorf("what waits for wira: %v", got)
		}
		vera.refused(404, "not-found", "POST", path+"/decision", object{"id": w.uuid(), "decision": "approve", "reason": "saya yakin"})
		approval := object{"id": w.uuid(), "decision": "approve", "reason": "cocok dengan BAST"}
		if got := wira.post(path+"/decision", approval); got.Text("state") != "approved" || got.Text("decidedBy", "id") != "wira" {
			t.Errorf("approved: %s", got.Body)
		}
		wira.post(path+"/decision", approval)
		if got := w.read(id).Deliveries[0].Received[0]; got != 3 {
			t.Errorf("%d received; want 3", got)
		}
		w.balanced(pasir)
		corrections, err := w.store.Corrections(w.Context(), w.read(id).Leaf)
		if err != nil || len(corrections) != 1 || strings.Contains(corrections[0].Reason+corrections[0].By, "vera") {
			t.Errorf("published corrections: %v, %v; want one that names no person", corrections, err)
		}
		wira.refused(409, "state", "POST", path+"/decision", object{"id": w.uuid(), "decision": "reject", "reason": "berubah pikiran"})

		// Published totals of a leaf may fall when two agree, too.
		w.pass(time.Minute)
		totals := "/v1/staff/proposals/" + w.uuid()
		vera.Want(200, "PUT", totals, "", object{"kind": "totals", "object": "34.71.01-warga", "change": object{}, "reason": "data lama ganda"})
		wira.post(totals+"/decision", object{"id": w.uuid(), "decision": "approve", "reason": "sudah dicek"})
		if corrections, err = w.store.Corrections(w.Context(), w.read(id).Leaf); err != nil || len(corrections) != 2 {
			t.Errorf("published corrections: %v, %v; want two", corrections, err)
		}
	})
}

func TestALikenessIsPointedOut(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		cousin := siti
		cousin.Email = "sepupu@contoh.invalid"
		first, twin, same := w.pledge(pasir, 1, 0, siti), w.pledge(pasir, 1, 0, siti), w.pledge(batu, 1, 0, cousin)
		w.file(first, aid.EvidencePhoto, "foto yang sama")
		w.file(same, aid.EvidencePhoto, "foto yang sama")
		got := w.as(aid.StaffVerifier, "vera").get(commitmentPath(first))
		warned := map[string]bool{}
		list, _ := got.Get("warnings").([]any)
		for i := range list {
			with, _ := got.Get("warnings", i, "with").([]any)
			for j := range with {
				warned[got.Text("warnings", i, "code")+" "+got.Text("warnings", i, "with", j, "id")] = true
			}
		}
		for _, want := range []string{"duplicate " + string(twin), "same-phone " + string(same), "same-picture " + string(same)} {
			if !warned[want] {
				t.Errorf("warnings are %v; want %s", warned, want)
			}
		}
		if strings.Contains(got.Body, siti.Phone) || strings.Contains(got.Body, siti.Email) {
			t.Error("a contact is shown where nobody asked for it")
		}
	})
}

// Nobody hands over at both ends of a province on one day.
func TestOneGiverFarApartOnOneDayIsPointedOut(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		far := listing(pasirTwin, "Padukuhan 009 Jauh", 5)
		far.Recipient.Point = aid.Point{Lng: 110.36, Lat: -8.085} // 300 thousandths of a degree, some 33 km
		if err := w.store.Load(w.Context(), []aid.Listing{far}, w.pack.Catalogue(), w.clock()); err != nil {
			t.Fatal(err)
		}
		here, there, near := w.pledge(pasir, 1, 0, siti), w.pledge(pasirTwin, 1, 0, siti), w.pledge(batu, 1, 0, siti)
		vera := w.as(aid.StaffVerifier, "vera")
		agree := func(id aid.CommitmentID, on string) {
			w.Helper()
			vera.decides(id, "schedule", object{"on": on})
		}
		apart := func() (ids []string, metres float64) {
			w.Helper()
			got := vera.get(commitmentPath(here))
			list, _ := got.Get("warnings").([]any)
			for i := range list {
				if got.Text("warnings", i, "code") == "far-away" {
					ids = append(ids, got.Text("warnings", i, "with", 0, "id"))
					metres, _ = got.Get("warnings", i, "metres").(float64)
				}
			}
			return ids, metres
		}
		for _, id := range []aid.CommitmentID{here, near, there} {
			vera.decides(id, "contacted", nil)
		}
		agree(here, "2025-09-12")
		agree(near, "2025-09-12")
		agree(there, "2025-09-13")
		if ids, _ := apart(); len(ids) != 0 {
			t.Errorf("on different days, or close by, these are far away: %v", ids)
		}
		agree(there, "2025-09-12")
		if ids, metres := apart(); len(ids) != 1 || ids[0] != string(there) || metres != 33000 {
			t.Errorf("far away are %v, %v m; want %s, 33000 m", ids, metres, there)
		}
	})
}

func TestCommitmentsAreFoundByAreaRecipientAndNumber(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		here, there := w.pledge(pasir, 2, 0, siti), w.pledge(batu, 2, 0, siti)
		w.submit(pasir, 1, 0, siti, "") // never proven: it is nobody's business
		admin, lurah := w.as(aid.StaffAdmin, "ani"), w.as(aid.StaffKelurahan, "lurah", pasirArea)
		for path, want := range map[string]int{
			"?area=34.71.01": 2, "?area=" + string(pasirArea): 1, "?area=34.71.02": 0, "?recipient=" + string(batu): 1,
			"?number=" + strings.ToLower(here.Number()): 1, "?number=K-0000-0000": 0, "?area=34.71.01&state=received": 0, "?area=34.71.01&program=air-bersih": 2,
		} {
			if got := admin.items("/v1/staff/commitments" + path); len(got) != want {
				t.Errorf("%s: %d commitments; want %d", path, len(got), want)
			}
		}
		admin.refused(422, "invalid", "GET", "/v1/staff/commitments?area=34.71", nil)
		if got := lurah.items("/v1/staff/commitments?area=34.71.01"); len(got) != 1 || got[0]["id"] != string(here) {
			t.Errorf("the lurah finds %v", got)
		}
		if got := lurah.items("/v1/staff/commitments?number=" + there.Number()); len(got) != 0 {
			t.Errorf("by its number the lurah finds %v", got)
		}
	})
}

func TestAReportIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin := w.as(aid.StaffAdmin, "ani")
	request := object{"id": w.uuid(), "reason": "diminta inspektorat"}
	for range 2 {
		admin.post("/v1/staff/reports/2025-08", request)
	}
	if versions, _ := w.vault.Versions("reports/2025-08/" + request["id"].(string)); len(versions) != 1 {
		t.Errorf("%d wishes for a report; want one", len(versions))
	}
	for _, period := range []string{"2025-09", "2025-13", "kemarin"} {
		admin.refused(422, "invalid", "POST", "/v1/staff/reports/"+period, object{"id": w.uuid(), "reason": "coba"})
	}
}

func TestMeSaysWhoOneIsAndWhatOneMayDo(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	got := w.as(aid.StaffKelurahan, "lurah", pasirArea).get("/v1/staff/me")
	if got.Text("name") != "Lurah Contoh" || got.Text("areas", 0, "name") != "Pasir" || got.Text("today") != "2025-09-10" || got.Text("region", "root") != "34" {
		t.Errorf("me: %s", got.Body)
	}
	may := strings.Join(texts(got, "may"), " ")
	if !strings.Contains(may, "commitments.decide") || strings.Contains(may, "officers.edit") {
		t.Errorf("may: %s", may)
	}
	got = w.as(aid.StaffAggregator, "mitra").get("/v1/staff/me")
	if got.Text("aggregator", "name") != "Sukarelawan Contoh" || len(texts(got, "areas")) != 0 {
		t.Errorf("me: %s", got.Body)
	}
}

// What is not a promise has a desk of its own.
func TestEveryKindOfWorkHasADesk(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin := w.as(aid.StaffAdmin, "ani")
	idea := aid.Idea{ID: aid.IdeaID(w.uuid()), Topic: "data", State: aid.IdeaReceived, ReceivedAt: w.clock()}
	if _, _, err := w.store.FileIdea(w.Context(), table.IdeaFiling{
		Idea: idea, Words: aid.IdeaWords{Text: "usulan"}, Fingerprint: "f", ChallengeID: "c", ChallengeExpires: w.clock(),
	}); err != nil {
		t.Fatal(err)
	}
	for _, thing := range []string{"need/" + string(aid.NeedOf(pasir, "tangki")), "idea/" + string(idea.ID)} {
		if got := admin.post("/v1/staff/work/"+thing+"/assignment", object{"id": w.uuid(), "to": "me"}); got.Text("assigned", "id") != "ani" {
			t.Errorf("%s: %s", thing, got.Body)
		}
	}
	for _, nothing := range []string{"need/" + string(pasir) + ":emas", "idea/" + w.uuid(), "import/" + w.uuid(), "proposal/" + w.uuid(), "complaint/" + w.uuid(), "evidence/" + w.uuid()} {
		admin.refused(404, "not-found", "POST", "/v1/staff/work/"+nothing+"/notes", object{"id": w.uuid(), "text": "halo"})
	}
}
