package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/web/webtest"
)

// Recipients that stories list beside those of the world.
const (
	pasirTwin = aid.RecipientID("34.71.01.1001.002")
	health    = aid.RecipientID("34.71.01.1001-puskesmas-1")
)

// list lists another padukuhan, needing so many tangki, as an import would.
func (w *world) list(id aid.RecipientID, tangki int64) {
	w.Helper()
	l := listing(id, "Padukuhan "+string(id[len(id)-3:])+" Tambahan", tangki)
	l.Recipient.Point = aid.Point{Lng: 110.362, Lat: -7.79}
	l.Steward = aid.Contact{Name: "Dukuh Lain", Phone: "+628110000099"}
	if err := w.store.Load(w.Context(), []aid.Listing{l}, w.pack.Catalogue(), w.clock()); err != nil {
		w.Fatal(err)
	}
}

// pasirBody is pasir as an office enters it, at a version that it has seen.
func pasirBody(version int64) object {
	return object{
		"version": version, "name": "Padukuhan 1 Pasir", "kind": "padukuhan", "area": string(pasir), "point": object{"lng": 110.361, "lat": -7.786},
		"households": 45, "people": 180, "address": "Jalan Contoh 1", "steward": object{"name": "Dukuh Contoh"}, "reason": "survei lapangan",
	}
}

// changed returns a body with one member said otherwise.
func (w *world) changed(body object, member string, value any) object {
	other := object{}
	for k, v := range body {
		other[k] = v
	}
	other[member] = value
	return other
}

func TestRecipientIsEditedWithItsPastKept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.pledge(pasir, 4, 0, siti)
		assessor := w.as(aid.StaffAssessor, "pendata")
		first := assessor.get(pasirPath)
		if first.Get("version") != 1.0 || first.Text("steward", "phone") != "08••••••01" || first.Text("steward", "email") != "d••••••@contoh.invalid" {
			w.Fatalf("recipient before: %s", first.Body)
		}
		if strings.Contains(first.Body, dukuh.Phone[3:]) || strings.Contains(first.Body, dukuh.Email) {
			w.Errorf("a contact is shown: %s", first.Body)
		}
		w.pass(time.Minute)
		got := assessor.put(pasirPath, pasirBody(1))
		if got.Get("version") != 2.0 || got.Text("name") != "Padukuhan 1 Pasir" || got.Get("households") != 45.0 || got.Text("steward", "phone") != "08••••••01" {
			w.Fatalf("recipient after: %s", got.Body)
		}
		want := []any{"name", "point", "households", "people", "address"}
		if fmt.Sprint(got.Get("versions", 0, "change")) != fmt.Sprint(want) || got.Text("versions", 0, "by") != "assessor" {
			w.Errorf("versions: %v; want %v", got.Get("versions"), want)
		}
		w.balanced(pasir)
		// Somebody who has seen the version before is told; the same request again is
		// answered as it stands.
		late := w.as(aid.StaffAdmin, "kepala")
		late.refused(412, "stale", "PUT", pasirPath, pasirBody(1))
		if again := assessor.put(pasirPath, pasirBody(1)); again.Get("version") != 2.0 {
			w.Errorf("the same again: %s", again.Body)
		}
		late.refused(409, "already-exists", "PUT", pasirPath, pasirBody(0))
		act := w.acts()[0]
		if w.records() != 1 || act.Object != "recipient/"+string(pasir) || act.By != "pendata" || act.Reason != "survei lapangan" ||
			!strings.Contains(act.Before, "Padukuhan 001 Pasir") || !strings.Contains(act.After, "Padukuhan 1 Pasir") || strings.Contains(act.Before+act.After, "Dukuh") {
			w.Errorf("the trail: %+v", w.acts())
		}
	})
}

// Of officers who save at once what they have all seen, one is heard and the
// others are told; nothing is lost and nothing is half done.
func TestOfficersWhoEditAtOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		const officers = 6
		answers := make([]webtest.Answer, officers)
		var all sync.WaitGroup
		for n := range officers {
			who := w.as(aid.StaffAssessor, fmt.Sprintf("pendata-%d", n))
			all.Go(func() {
				answers[n] = who.Send("PUT", pasirPath, "", w.changed(pasirBody(1), "name", fmt.Sprintf("Padukuhan menurut %d", n)))
			})
		}
		all.Wait()
		heard := ""
		for n, a := range answers {
			switch {
			case a.Status == 200 && heard == "":
				heard = fmt.Sprintf("Padukuhan menurut %d", n)
			case a.Status != 412 || a.Slug() != "stale":
				w.Errorf("officer %d: %d %s", n, a.Status, a.Body)
			}
		}
		place, _, err := w.store.Place(w.Context(), pasir)
		if err != nil || heard == "" || place.Recipient.Name != heard || place.Recipient.Edits != 1 {
			w.Errorf("%q was heard; %+v, %v", heard, place.Recipient, err)
		}
		if w.records() != 1 {
			w.Errorf("%d records; want one of who was heard", w.records())
		}
	})
}

func TestStewardHandsOver(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		assessor := w.as(aid.StaffAssessor, "pendata")
		body := w.changed(pasirBody(1), "steward", object{"name": "Dukuh Baru", "phone": "0812-3456-7890"})
		got := assessor.put(pasirPath, body)
		if got.Text("steward", "phone") != "08••••••90" || got.Text("steward", "email") != "d••••••@contoh.invalid" {
			w.Errorf("contact after: %s", got.Body)
		}
		contact, err := w.store.Steward(w.Context(), pasir)
		if want := (aid.Contact{Name: "Dukuh Baru", Phone: "+6281234567890", Email: dukuh.Email}); err != nil || contact != want {
			w.Errorf("contact = %+v, %v; want %+v", contact, err, want)
		}
		got = assessor.put(pasirPath, w.changed(body, "version", 2))
		if got.Get("version") != 3.0 {
			w.Errorf("version %v; want 3", got.Get("version"))
		}
		assessor.put(pasirPath, w.changed(w.changed(body, "version", 3), "steward", object{"name": "Dukuh Baru", "email": ""}))
		contact, err = w.store.Steward(w.Context(), pasir)
		if want := (aid.Contact{Name: "Dukuh Baru", Phone: "+6281234567890"}); err != nil || contact != want {
			w.Errorf("contact = %+v, %v; want %+v", contact, err, want)
		}
		for _, phone := range []string{"0812", "kantor", "+62 812 3456 7890 ext 4"} {
			answer := assessor.refused(422, "invalid", "PUT", pasirPath, w.changed(w.changed(body, "version", 4), "steward", object{"name": "Dukuh Baru", "phone": phone}))
			if answer.Text("errors", 0, "pointer") != "/steward/phone" {
				w.Errorf("%q: %s", phone, answer.Body)
			}
		}

		// A new link: the old one dies, the one that is made is answered once more to
		// who lost the answer, and to nobody else.
		request := object{"id": w.uuid(), "reason": "dukuh berganti"}
		link := assessor.post(pasirPath+"/steward-link", request)
		want := "https://ksbb.contoh.invalid/pj/#" + aid.StewardSecret(w.key, pasir, 2)
		if link.Text("link") != want || !strings.Contains(link.Text("message"), want) || !strings.HasPrefix(link.Text("whatsapp"), "https://wa.me/?text=Halo%20Dukuh%20Baru") {
			w.Errorf("link: %s; want %s", link.Body, want)
		}
		if again := assessor.post(pasirPath+"/steward-link", request); again.Body != link.Body {
			w.Errorf("the same again: %s; want %s", again.Body, link.Body)
		}
		access, err := w.store.Access(w.Context(), pasir)
		if err != nil || access.Version != 2 {
			w.Errorf("access = %+v, %v; want version 2", access, err)
		}
		w.as(aid.StaffAdmin, "kepala").refused(409, "already-exists", "POST", pasirPath+"/steward-link", request)
		if strings.Contains(fmt.Sprint(w.acts()), "/pj/#") {
			w.Error("the trail holds the link")
		}
	})
}

func TestNewRecipientIsListed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		assessor := w.as(aid.StaffAssessor, "pendata", "34.71.01")
		path := "/v1/staff/recipients/" + string(health)
		body := w.changed(w.changed(w.changed(pasirBody(0), "kind", "puskesmas"), "area", "34.71.01.1001"), "name", "Puskesmas Pasir")
		assessor.refused(404, "not-found", "PUT", path, w.changed(body, "version", 1))
		got := assessor.put(path, body)
		if got.Get("version") != 1.0 || fmt.Sprint(got.Get("versions", 0, "change")) != "[]" {
			w.Errorf("new recipient: %s", got.Body)
		}
		if again := assessor.put(path, body); again.Body != got.Body {
			w.Errorf("the same again: %s; want %s", again.Body, got.Body)
		}
		assessor.put(path+"/needs/tangki", object{"version": 0, "needed": 3, "confirmedOn": "2025-09-10", "source": "puskesmas", "reason": "survei"})
		w.balanced(health)
		elsewhere := "/v1/staff/recipients/34.71.02.1001-puskesmas-1"
		assessor.refused(404, "not-found", "PUT", elsewhere, w.changed(body, "area", "34.71.02.1001"))
		for member, wrong := range map[string]struct {
			value   any
			pointer string
		}{
			"area":       {"34.71.01.1002", "/area"},
			"kind":       {"padukuhan", "/kind"},
			"name":       {" ", "/name"},
			"households": {-1, "/households"},
			"point":      {object{"lng": -7.786, "lat": 110.361 - 90}, "/point"},
			"flags":      {[]object{{"id": "bohong", "on": "2025-09-01", "source": "x"}}, "/flags/0/id"},
			"indicators": {[]object{{"id": "bohong", "value": 1, "on": "2025-09-11", "source": "x"}}, "/indicators/0/on"},
		} {
			answer := assessor.refused(422, "invalid", "PUT", "/v1/staff/recipients/34.71.01.1001-puskesmas-2", w.changed(body, member, wrong.value))
			if answer.Text("errors", 0, "pointer") != wrong.pointer {
				w.Errorf("%s %v: %s; want %s", member, wrong.value, answer.Body, wrong.pointer)
			}
		}
	})
}

func TestPointThatIsFarAwayIsDoubted(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	assessor := w.as(aid.StaffAssessor, "pendata")
	got := assessor.put(pasirPath, w.changed(pasirBody(1), "point", object{"lng": 110.36, "lat": -7.885}))
	if got.Text("warnings", 0, "code") != "far-from-area" || got.Get("warnings", 0, "metres") != 11100.0 {
		w.Errorf("warnings: %v; want 11.1 km from the middle of the kelurahan", got.Get("warnings"))
	}
	if got := assessor.put(pasirPath, pasirBody(2)); fmt.Sprint(got.Get("warnings")) != "[]" {
		w.Errorf("warnings: %v; want none", got.Get("warnings"))
	}
}

func TestKindThatWouldMoveARecipientIsRefused(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	assessor := w.as(aid.StaffAssessor, "pendata")
	body := w.changed(pasirBody(1), "kind", "puskesmas")
	if got := assessor.refused(422, "invalid", "PUT", pasirPath, body); got.Text("errors", 0, "pointer") != "/kind" || got.Text("errors", 0, "code") != "leaf" {
		w.Errorf("another kind: %s", got.Body)
	}
	body = w.changed(pasirBody(1), "area", string(pasirTwin))
	if got := assessor.refused(422, "invalid", "PUT", pasirPath, body); got.Text("errors", 0, "pointer") != "/area" {
		w.Errorf("another area: %s", got.Body)
	}
}

func TestNoLessIsNeededThanIsPromised(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.pledge(pasir, 4, 0, siti)
		assessor := w.as(aid.StaffAssessor, "pendata")
		body := object{"version": 1, "needed": 3, "confirmedOn": "2025-09-09", "source": "survei", "reason": "survei"}
		path := pasirPath + "/needs/tangki"
		got := assessor.refused(422, "invalid", "PUT", path, body)
		if got.Text("errors", 0, "pointer") != "/needed" || got.Text("errors", 0, "code") != "promised" || got.Text("errors", 0, "detail") != "4 are promised already" {
			w.Errorf("fewer than promised: %s", got.Body)
		}
		got = assessor.put(path, w.changed(body, "needed", 6))
		i := slices.IndexFunc(got.Get("needs").([]any), func(n any) bool { return n.(map[string]any)["package"] == "tangki" })
		if got.Get("needs", i, "needed") != 6.0 || got.Get("needs", i, "remaining") != 2.0 || got.Get("needs", i, "version") != 2.0 {
			w.Errorf("need after: %v", got.Get("needs", i))
		}
		w.balanced(pasir)
		w.as(aid.StaffAdmin, "kepala").refused(412, "stale", "PUT", path, w.changed(body, "needed", 20))
		assessor.refused(412, "stale", "PUT", path, w.changed(body, "version", 0))
		assessor.refused(422, "invalid", "PUT", pasirPath+"/needs/kereta", w.changed(body, "version", 0))
		if _, found, err := w.store.Correction(w.Context(), aid.Leaf{Area: "34.71.01", Group: "warga"}); !found || err != nil {
			w.Errorf("less is needed, and no correction says so: %v", err)
		}
	})
}

func TestNeedIsConfirmedForWhoWasAsked(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		office := w.as(aid.StaffKelurahan, "lurah", pasirArea)
		asked := office.post(pasirPath+"/asks", object{"id": w.uuid()})
		if !strings.Contains(asked.Text("message"), "10 tangki Tangki Air") || !strings.Contains(asked.Text("message"), "Padukuhan 001 Pasir") || asked.Text("link") != "" {
			w.Errorf("message: %s", asked.Body)
		}
		path := "/v1/staff/needs/" + string(aid.NeedOf(pasir, "galon")) + "/confirmation"
		request := object{"id": w.uuid(), "still": false}
		for range 2 {
			got := office.post(path, request)
			if got.Get("needs", 0, "needed") != 0.0 || got.Text("needs", 0, "confirmedOn") != "2025-09-10" || got.Text("needs", 0, "confirmedBy") != "petugas kelurahan" {
				w.Errorf("need after: %v", got.Get("needs", 0))
			}
		}
		if w.records() != 2 {
			w.Errorf("%d records; want the question and the answer", w.records())
		}
		office.refused(404, "not-found", "POST", "/v1/staff/needs/"+string(aid.NeedOf(pasir, "kereta"))+"/confirmation", object{"id": w.uuid(), "still": true})
	})
}

func TestMessagesHoldNoContact(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin := w.as(aid.StaffAdmin, "kepala")
	for _, got := range []webtest.Answer{
		admin.post(pasirPath+"/asks", object{"id": w.uuid()}), admin.post(pasirPath+"/steward-link", object{"id": w.uuid(), "reason": "dukuh baru"}),
	} {
		if strings.Contains(got.Body, dukuh.Phone[3:]) || strings.Contains(got.Body, dukuh.Email) || !strings.HasPrefix(got.Text("whatsapp"), "https://wa.me/?text=Halo%20Dukuh%20Contoh") {
			t.Errorf("message: %s; want one without number or address", got.Body)
		}
	}
}

func TestLinksAreMadeSomeADay(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin := w.as(aid.StaffAdmin, "kepala")
	for range linksPerDay {
		admin.post(pasirPath+"/steward-link", object{"id": w.uuid(), "reason": "dukuh baru"})
	}
	request := object{"id": w.uuid(), "reason": "dukuh baru"}
	if got := admin.refused(429, "quota", "POST", pasirPath+"/steward-link", request); got.Text("budget") != "links" {
		t.Errorf("one more: %s", got.Body)
	}
	w.pass(24 * time.Hour)
	if got := admin.post(pasirPath+"/steward-link", request); got.Text("link") != "https://ksbb.contoh.invalid/pj/#"+aid.StewardSecret(w.key, pasir, 2+linksPerDay) {
		t.Errorf("the day after: %s", got.Body)
	}
}

func TestClosedRecipientNeedsOnlyWhatIsPromised(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.pledge(pasir, 4, 0, siti)
		assessor := w.as(aid.StaffAssessor, "pendata")
		// Something is promised there: somebody else has to say yes.
		request := object{"id": w.uuid(), "version": 1, "closed": true, "reason": "warga pindah"}
		if got := assessor.refused(422, "invalid", "POST", pasirPath+"/closure", request); got.Text("errors", 0, "pointer") != "/closed" || got.Text("errors", 0, "code") != "promised" {
			w.Errorf("closed with a promise: %s", got.Body)
		}
		proposal := "/v1/staff/proposals/" + w.uuid()
		assessor.put(proposal, object{"kind": "close", "object": "recipient/" + string(pasir), "change": object{}, "reason": "warga pindah"})
		approval := object{"id": w.uuid(), "decision": "approve", "reason": "memang pindah"}
		assessor.refused(403, "denied", "POST", proposal+"/decision", approval)
		verifier := w.as(aid.StaffVerifier, "pemeriksa")
		verifier.post(proposal+"/decision", approval)
		verifier.post(proposal+"/decision", approval) // the answer was lost
		assessor.refused(422, "invalid", "PUT", "/v1/staff/proposals/"+w.uuid(), object{"kind": "close", "object": "recipient/" + string(pasir), "change": object{}, "reason": "sekali lagi"})
		corrections, err := w.store.Corrections(w.Context(), wargaLeaf)
		if err != nil || len(corrections) != 1 || corrections[0].Reason != "penerima ditutup: "+string(pasir) {
			w.Errorf("it shows as %v, %v", corrections, err)
		}
		got := assessor.get(pasirPath)
		if got.Get("closed") != true || got.Get("version") != 2.0 || got.Get("needs", 0, "needed") != 0.0 || got.Get("needs", 1, "needed") != 4.0 {
			w.Errorf("closed: %s", got.Body)
		}
		w.balanced(pasir)
		assessor.refused(409, "state", "PUT", pasirPath+"/needs/tangki", object{"version": 1, "needed": 9, "confirmedOn": "2025-09-09", "source": "x", "reason": "survei"})
		if got := assessor.get("/v1/staff/recipients?area=34.71.01"); strings.Contains(got.Body, string(pasir)) {
			w.Errorf("a closed one is listed: %s", got.Body)
		}
		if got := assessor.post(pasirPath+"/closure", object{"id": w.uuid(), "version": 2, "closed": false, "reason": "warga kembali"}); got.Get("closed") != false {
			w.Errorf("opened again: %s", got.Body)
		}
	})
}

func TestRecipientThatIsListedTwiceIsMerged(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.list(pasirTwin, 5)
		assessor := w.as(aid.StaffAssessor, "pendata", pasirArea)
		path := "/v1/staff/recipients/" + string(pasirTwin)
		merge := object{"id": w.uuid(), "version": 1, "into": pasir, "reason": "tercatat dua kali"}
		for _, into := range []aid.RecipientID{batu, pasirTwin, "34.71.01.1001.999", "x"} {
			if got := assessor.refused(422, "invalid", "POST", path+"/merge", w.changed(merge, "into", into)); got.Text("errors", 0, "pointer") != "/into" {
				w.Errorf("into %s: %s", into, got.Body)
			}
		}
		// Something is promised there: somebody else has to say yes.
		id := w.pledge(pasirTwin, 2, 0, siti)
		if got := assessor.refused(422, "invalid", "POST", path+"/merge", merge); got.Text("errors", 0, "pointer") != "/into" || got.Text("errors", 0, "code") != "promised" {
			w.Errorf("merged with a promise: %s", got.Body)
		}
		proposal := "/v1/staff/proposals/" + w.uuid()
		proposed := assessor.put(proposal, object{"kind": "merge", "object": "recipient/" + string(pasirTwin), "change": object{"into": pasir}, "reason": "tercatat dua kali"})
		if proposed.Text("title") != assessor.get(path).Text("name") || proposed.Text("into") != "Padukuhan 001 Pasir" {
			w.Errorf("proposed: %s", proposed.Body)
		}
		w.as(aid.StaffAdmin, "kepala").post(proposal+"/decision", object{"id": w.uuid(), "decision": "approve", "reason": "memang sama"})
		if got := assessor.get(path); got.Get("closed") != true || got.Text("into") != string(pasir) || got.Get("version") != 2.0 {
			w.Errorf("merged by two: %s", got.Body)
		}
		w.balanced(pasirTwin)
		assessor.post(path+"/closure", object{"id": w.uuid(), "version": 2, "closed": false, "reason": "ternyata bukan"})
		w.does(id, aid.Withdraw, func(c aid.Commitment) (aid.Commitment, error) {
			return c.WithdrawnFor("other", aid.Collaborator, w.clock(), w.pack.Catalogue())
		})
		w.pass(time.Minute)
		w.agreed()
		again := w.changed(merge, "version", 3)
		assessor.post(path+"/merge", again)
		got := assessor.post(path+"/merge", again) // the answer was lost
		if got.Get("closed") != true || got.Text("into") != string(pasir) {
			w.Errorf("merged: %s", got.Body)
		}
		place, _, err := w.store.Place(w.Context(), pasir)
		if err != nil || place.Recipient.Closed || place.Needs[1].Needed != 10 {
			w.Errorf("the one that stays: %+v, %v", place, err)
		}
		w.balanced(pasirTwin)
	})
}

func TestDuplicatesAreNoticed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		got := w.as(aid.StaffAssessor, "pendata").get(pasirPath)
		if fmt.Sprint(got.Get("duplicates")) != "[map[id:"+string(batu)+" name:Padukuhan 001 Batu why:[near phone]]]" {
			w.Errorf("duplicates: %v; want batu, at the same point and number", got.Get("duplicates"))
		}
		// Whoever does not answer for the other kelurahan learns nothing of it.
		if got := w.as(aid.StaffKelurahan, "lurah", pasirArea).get(pasirPath); fmt.Sprint(got.Get("duplicates")) != "[]" {
			w.Errorf("duplicates for pasir alone: %v", got.Get("duplicates"))
		}
	})
}

func TestRecipientsAreListedWhereTheCallerAnswers(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.list(pasirTwin, 1)
		all := func(c *world, query string) []string {
			w.Helper()
			ids := []string{}
			for cursor := ""; ; {
				got := c.get("/v1/staff/recipients?limit=1&" + query + "&cursor=" + cursor)
				for i := range got.Get("items").([]any) {
					ids = append(ids, got.Text("items", i, "id"))
				}
				if cursor = got.Text("next"); cursor == "" {
					return ids
				}
			}
		}
		assessor := w.as(aid.StaffAssessor, "pendata")
		for _, c := range []struct {
			who   *world
			query string
			want  []string
		}{
			{assessor, "area=", []string{string(pasir), string(pasirTwin), string(batu)}},
			{assessor, "area=34.71.01.1002", []string{string(batu)}},
			{assessor, "area=34.71.02", []string{}},
			{assessor, "q=pasir", []string{string(pasir)}},
			{assessor, "q=TAMBAHAN", []string{string(pasirTwin)}},
			{assessor, "q=" + string(batu), []string{string(batu)}},
			{assessor, "q=34.71.01.1001", []string{string(pasir), string(pasirTwin)}},
			{assessor, "kind=puskesmas", []string{}},
			{w.as(aid.StaffKelurahan, "lurah", batuArea), "area=34.71", []string{string(batu)}},
			{w.as(aid.StaffKelurahan, "lurah", batuArea), "q=" + string(pasir), []string{}},
			{w.as(aid.StaffVerifier, "pemeriksa", pasirArea, batuArea), "q=batu", []string{string(batu)}},
		} {
			if got := all(c.who, c.query); !slices.Equal(got, c.want) {
				w.Errorf("%s: %v; want %v", c.query, got, c.want)
			}
		}
		w.as(aid.StaffKelurahan, "lurah", batuArea).refused(404, "not-found", "GET", "/v1/staff/recipients?area="+string(pasirArea), nil)
		assessor.refused(422, "invalid", "GET", "/v1/staff/recipients?cursor=xyz", nil)
		assessor.refused(422, "invalid", "GET", "/v1/staff/recipients?area=x", nil)
	})
}
