package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Names that mean something to keys, paths, patterns or people, and nothing here.
var foreignNames = []string{
	"..", ".", "*", "~", "%00", "%2e%2e%2f%2e%2e%2fKEY", "KEY", "%23", "x%23R", "34.71.01.1001.001%23R", "34.71.01.1001.001%23A", "34.71.01.1001.00",
	"RCPT%2334.71.01.1001.001", "C%2301990000-0000-7000-8000-000000000000", "01990000-0000-7000-8000-000000000000%23x", "01990000-0000-7000-8000-00000000000",
	"%E2%80%AE1001", "%EF%BC%93%EF%BC%94", "%ED%A0%80", "%FF%FE", "34.71.01.1001.001%20", "%0a", "<b>", "%27%20OR%20%271%27=%271", strings.Repeat("9", 300),
}

// accountName is what an identity provider may know somebody as.
var accountName = regexp.MustCompile(`^[A-Za-z0-9_:.@-]+$`)

// TestNoNameLeadsToSomethingElse asks every operation for things by names that
// hold what keys and addresses are made of.
func TestNoNameLeadsToSomethingElse(t *testing.T) {
	t.Parallel()
	for _, operation := range slices.Sorted(maps.Keys(matrix)) {
		method, template, _ := strings.Cut(operation, " ")
		if !strings.Contains(template, "{") {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			r := matrix[operation]
			w := newEngineWorld(t)
			said := own(aid.StaffAdmin, "kepala")
			if !slices.Contains(r.roles, aid.StaffAdmin) {
				said = own(r.roles[0], "petugas")
			}
			path, body := r.call(w)
			path, query, _ := strings.Cut(path, "?")
			records := w.records()
			for i, part := range strings.Split(template, "/") {
				if !strings.HasPrefix(part, "{") {
					continue
				}
				for _, name := range foreignNames {
					if strings.HasPrefix(operation, "PUT /v1/staff/officers/") && accountName.MatchString(name) {
						continue // the provider chooses what it calls people by
					}
					parts := strings.Split(path, "/")
					parts[i] = name
					got := w.As(said).Send(method, strings.Join(parts, "/")+"?"+query, "", body)
					if got.Status < 400 || got.Status >= 500 {
						t.Errorf("%s of %s: %d %s; want a refusal", method, strings.Join(parts, "/"), got.Status, got.Body)
					}
				}
			}
			if made := w.records() - records; made != 0 {
				t.Errorf("%d acts were recorded of what is not there", made)
			}
		})
	}
}

// sealed spells a cursor as the tables do, with what somebody would like to read.
func sealed(position string) string { return base64.RawURLEncoding.EncodeToString([]byte(position)) }

// A cursor says where to go on, and never what to read: in the hands of somebody
// else it opens what is theirs, or nothing.
func TestACursorOpensNothingOfAnothers(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var theirs, ours []aid.CommitmentID
		for range 3 {
			theirs = append(theirs, w.pledge(pasir, 1, 0, siti))
			ours = append(ours, w.pledge(batu, 1, 0, siti))
		}
		region, lurah := w.as(aid.StaffVerifier, "vera"), w.as(aid.StaffKelurahan, "lurah", batuArea)
		other := w.As(but(own(aid.StaffAggregator, "mitra"), "aggregator", "berhenti"))
		cursors := []string{
			"0.", "1.", "-1.", "99999999999999999999.", "x", ".", "0.x", "0." + sealed("x"), "0." + sealed("contact#34.71|0|RCPT#"+string(pasir)+"|C#"),
			"0." + sealed("contact#34.71|~|KEY|KEY"), "0." + sealed("contact#34.71|zzz|RCPT#x|C#x"), "0." + sealed("contact#34.71|!|LEAF#x|x"),
			"0." + sealed("complaint#34.71|0|CASE#2025-09|x"), "0." + sealed("contact#|0|OFFICER#vera|OFFICER"), "0." + sealed("|||"),
			sealed("~"), sealed("000000000000000#x"), "34.71.01/warga/" + string(pasir), "%23", strings.Repeat("A", 180),
		}
		for _, path := range []string{"/v1/staff/queue?tab=new&limit=1", "/v1/staff/queue?tab=moderation&limit=1", "/v1/staff/recipients?limit=1", "/v1/staff/commitments?limit=1&area=34.71.01"} {
			got := region.get(path)
			for _, name := range []string{"next"} {
				if next := got.Text(name); next != "" {
					cursors = append(cursors, next)
				}
			}
		}
		if len(cursors) < 23 {
			w.Fatalf("no list had a second page: %v", cursors)
		}
		for _, list := range []string{
			"/v1/staff/queue?tab=new", "/v1/staff/queue?tab=late", "/v1/staff/queue?tab=stale", "/v1/staff/queue?tab=complaint", "/v1/staff/recipients?limit=5",
			"/v1/staff/commitments?area=34.71.01", "/v1/staff/complaints?limit=5", "/v1/staff/commitments?area=" + string(pasirArea),
		} {
			for _, cursor := range cursors {
				path := list + "&cursor=" + url.QueryEscape(cursor)
				got := lurah.Send("GET", path, "", nil)
				if got.Status >= 500 {
					w.Errorf("%s: %d %s", path, got.Status, got.Body)
				}
				if strings.Contains(got.Body, string(pasir)) && got.Status == 200 {
					w.Errorf("%s shows another kelurahan: %s", path, got.Body)
				}
				if got := other.Send("GET", path, "", nil); got.Status >= 500 || got.Status == 200 && strings.Contains(got.Body, "34.71.01.100") && !strings.Contains(got.Body, `"items":[]`) {
					w.Errorf("%s as another aggregator: %d %s", path, got.Status, got.Body)
				}
			}
		}
		for _, cursor := range cursors {
			for _, list := range []string{"/v1/staff/audit?limit=5", "/v1/staff/proposals?limit=5", "/v1/staff/ideas?limit=5", "/v1/staff/complaints?limit=5"} {
				if got := w.as(aid.StaffAdmin, "kepala").Send("GET", list+"&cursor="+url.QueryEscape(cursor), "", nil); got.Status >= 500 {
					w.Errorf("%s with %q: %d %s", list, cursor, got.Status, got.Body)
				}
			}
		}
		// And page after page the kelurahan has its own, once each.
		seen := map[string]int{}
		for cursor := ""; ; {
			got := lurah.get("/v1/staff/queue?tab=new&limit=1&cursor=" + url.QueryEscape(cursor))
			for i := range got.Get("items").([]any) {
				seen[got.Text("items", i, "commitment", "id")]++
			}
			if cursor = got.Text("next"); cursor == "" {
				break
			}
		}
		for _, id := range ours {
			if seen[string(id)] != 1 || len(seen) != len(ours) {
				w.Errorf("the kelurahan was shown %v; want %v once each, and none of %v", seen, ours, theirs)
			}
		}
	})
}

// A page that was read long ago leads on to what waits now, whatever has left the
// tab since.
func TestACursorOutlivesWhatItWasMadeFrom(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		for range 3 {
			w.pledge(pasir, 1, 0, siti)
			w.pass(1)
		}
		vera := w.as(aid.StaffVerifier, "vera")
		next := vera.get("/v1/staff/queue?tab=new&limit=1").Text("next")
		if next == "" {
			w.Fatal("there is no second page")
		}
		// By now all of them are late, and the cursor stands before the tab begins.
		w.pass(30 * 60 * 60 * 1e9)
		if items := vera.get("/v1/staff/queue?tab=new&cursor=" + url.QueryEscape(next)).Get("items").([]any); len(items) != 0 {
			w.Errorf("new holds %v", items)
		}
		fresh := w.pledge(pasir, 1, 0, siti)
		if got := vera.get("/v1/staff/queue?tab=new&cursor=" + url.QueryEscape(next)); got.Text("items", 0, "commitment", "id") != string(fresh) {
			w.Errorf("new holds %s; want %s", got.Body, fresh)
		}
	})
}

// An area is contained in another by whole codes, and by nothing that looks like
// their beginning.
func TestAreasAreComparedByWholeCodes(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	w.pledge(pasir, 1, 0, siti)
	lists := []string{"/v1/staff/recipients", "/v1/staff/queue?tab=new", "/v1/staff/queue?tab=stale", "/v1/staff/exports/recipients.csv", "/v1/staff/exports/commitments.csv", "/v1/staff/commitments?area=34.71.01"}
	for _, areas := range []string{
		"34.7", "3", "34.71.01.100", "34.71.01.1001.", ".34.71", "34.71.01.1001.0011", "34.71.1.1001", "34.71.01.1001\u200b", "３４.71", "34.71.01.1001#", "*", "34.*", "34.71/01",
	} {
		for _, path := range lists {
			if got := w.As(but(claims(aid.StaffVerifier, "vera"), "areas", areas)).Send("GET", path, "", nil); got.Status != 403 {
				t.Errorf("%s with areas %q: %d; want 403", path, areas, got.Status)
			}
		}
	}
	for _, code := range []area.Code{"34.71.01.1010", "34.71.01.1001.010", "34.71.10", "34.17", "34.71.01.1002"} {
		for _, path := range lists {
			got := w.as(aid.StaffVerifier, "vera", code).Send("GET", path, "", nil)
			if got.Status >= 500 || strings.Contains(got.Body, string(pasir)) {
				t.Errorf("%s in %s: %d %s", path, code, got.Status, got.Body)
			}
		}
	}
	for _, asked := range []string{"34.7", "34.71.01.100", "34.71.01.1001.", "%2a", "34.71.01.1001%00", "%EF%BC%93"} {
		for _, path := range []string{"/v1/staff/recipients?area=", "/v1/staff/queue?tab=new&area=", "/v1/staff/queue/counts?area=", "/v1/staff/commitments?area=", "/v1/staff/exports/recipients.csv?area=", "/v1/staff/exports/commitments.csv?area="} {
			if got := w.as(aid.StaffAdmin, "kepala").Send("GET", path+asked, "", nil); got.Status < 400 || got.Status >= 500 {
				t.Errorf("%s%s: %d %s", path, asked, got.Status, got.Body)
			}
		}
	}
}

// What an aggregator sees of another is what everybody sees.
func TestAnAggregatorSeesNothingOfAnother(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	id, direct := w.pledgeVia(sukarelawan, pasir, 2, siti), w.pledge(batu, 1, 0, siti)
	other := w.As(but(own(aid.StaffAggregator, "mitra"), "aggregator", "berhenti"))
	for _, path := range []string{
		"/v1/staff/queue?tab=new", "/v1/staff/queue?tab=late", "/v1/staff/queue/counts", "/v1/staff/commitments?area=34.71", "/v1/staff/commitments?recipient=" + string(pasir),
		"/v1/staff/commitments?number=" + id.Number(), "/v1/staff/commitments?area=34.71&aggregator=" + string(sukarelawan), "/v1/staff/exports/commitments.csv",
		"/v1/staff/exports/commitments.csv?aggregator=" + string(sukarelawan), "/v1/staff/pools",
	} {
		got := other.Send("GET", path, "", nil)
		for _, secret := range []string{string(id), id.Number(), string(direct), direct.Number(), siti.Name} {
			if got.Status != 200 || strings.Contains(got.Body, secret) {
				t.Errorf("%s: %d, with %s: %s", path, got.Status, secret, got.Body)
			}
		}
		if strings.HasSuffix(path, "counts") && strings.Contains(strings.ReplaceAll(got.Body, `"total":0`, ""), `"total"`) {
			t.Errorf("something is counted: %s", got.Body)
		}
	}
	// Nor is it told of which other promises somebody's number or picture reminds.
	if got := w.as(aid.StaffAggregator, "mitra").get(commitmentPath(id)); strings.Contains(got.Body, string(direct)) || strings.Contains(got.Body, direct.Number()) {
		t.Errorf("the aggregator is told of another's promise: %s", got.Body)
	}
	if got := w.as(aid.StaffVerifier, "vera").get(commitmentPath(id)); !strings.Contains(got.Body, direct.Number()) {
		t.Errorf("a verifier is not told that the number was used before: %s", got.Body)
	}
}

// Searching the trail finds what is named, and nothing by a part of a name.
func TestTheTrailIsSearchedByWholeNames(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		w.as(aid.StaffVerifier, "vera").post(contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": "cek penerima"})
		admin := w.as(aid.StaffAdmin, "kepala")
		found := func(query url.Values) int {
			got := admin.Send("GET", "/v1/staff/audit?"+query.Encode(), "", nil)
			if got.Status != 200 {
				if got.Status >= 500 || got.Status < 400 {
					w.Errorf("%v: %d %s", query, got.Status, got.Body)
				}
				return 0
			}
			return len(got.Get("items").([]any))
		}
		what := "commitment/" + string(id)
		if found(url.Values{"object": {what}}) != 1 || found(url.Values{"officer": {"vera"}}) != 1 || found(nil) != 1 {
			w.Error("the act is not found by its names")
		}
		for _, object := range []string{
			what[:len(what)-1], what + "#", what + "\x00", "commitment/", "#", "~", "2025-09-10", "' OR '1'='1", "commitment/*", strings.ToUpper(what), " " + what, what + " ",
			"../AUDIT#2025-09-10", "AUDITBY#vera", strings.Repeat("x", 190),
		} {
			if n := found(url.Values{"object": {object}}); n != 0 {
				w.Errorf("object %q finds %d acts", object, n)
			}
		}
		for _, who := range []string{"ver", "vera#", "VERA", "*", "~", "#", "vera' --", "%", strings.Repeat("v", 120)} {
			if n := found(url.Values{"officer": {who}}); n != 0 {
				w.Errorf("officer %q finds %d acts", who, n)
			}
			if n := found(url.Values{"object": {what}, "officer": {who}}); n != 0 {
				w.Errorf("officer %q finds %d acts to the commitment", who, n)
			}
		}
		for _, deed := range []string{"contacts", "contacts.see ", "contacts.*", "' OR 1=1"} {
			if n := found(url.Values{"deed": {deed}}); n != 0 {
				w.Errorf("deed %q finds %d acts", deed, n)
			}
		}
	})
}

// Asking for many contacts at once shows no more of them than asking one by one.
func TestLooksAtOnceStayWithinTheDay(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		for range contactsPerDay - 2 {
			if err := w.store.Spend(w.Context(), "officer", "vera", w.server.today(), contactsPerDay); err != nil {
				w.Fatal(err)
			}
		}
		vera := w.as(aid.StaffVerifier, "vera")
		const asked = 8
		ids := make([]string, asked)
		for i := range ids {
			ids[i] = w.uuid()
		}
		shown := make([]int, asked)
		var wg sync.WaitGroup
		for i := range asked {
			wg.Go(func() {
				got := vera.Send("POST", contactPath(id), "", object{"id": ids[i], "side": "collaborator", "reason": "cek penerima"})
				if shown[i] = got.Status; got.Status != 200 && strings.Contains(got.Body, siti.Phone) {
					w.Errorf("a refusal tells the number: %s", got.Body)
				}
			})
		}
		wg.Wait()
		seen := 0
		for _, status := range shown {
			switch status {
			case 200:
				seen++
			case 429, 503: // the day is over, or too many met on one count
			default:
				w.Errorf("one look was answered %d", status)
			}
		}
		if written := w.records(); seen > 2 || written != seen {
			w.Errorf("%d of %d looks were let through, %d written down; want 2 at most, all written down", seen, asked, written)
		}
		err := w.store.Spend(w.Context(), "officer", "vera", w.server.today(), contactsPerDay)
		var over *aid.QuotaError
		if seen == 2 && !errors.As(err, &over) {
			w.Errorf("after all looks of the day there is another: %v", err)
		}
	})
}

// A request that somebody else made, or that was about something else, shows
// nothing to whoever repeats it.
func TestARequestIsRepeatedOnlyByWhoMadeIt(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		first, second := w.pledge(pasir, 1, 0, siti), w.pledge(pasir, 1, 0, aid.Contact{Name: "Tono Contoh", Phone: "+6281200000009", Email: "tono@contoh.invalid"})
		body := object{"id": w.uuid(), "side": "collaborator", "reason": "cek penerima"}
		vera := w.as(aid.StaffVerifier, "vera")
		vera.post(contactPath(first), body)
		before := w.dump()
		for name, got := range map[string]struct {
			who  *world
			path string
			body object
		}{
			"a colleague":    {w.as(aid.StaffVerifier, "wira"), contactPath(first), body},
			"another matter": {vera, contactPath(second), body},
			"another side":   {vera, contactPath(first), object{"id": body["id"], "side": "steward", "reason": "cek penerima"}},
		} {
			if answer := got.who.refused(409, "already-exists", "POST", got.path, got.body); strings.Contains(answer.Body, "+62") {
				w.Errorf("%s is told a number: %s", name, answer.Body)
			}
		}
		if w.dump() != before {
			w.Error("a stolen request left something")
		}
	})
}

// Whoever answers for another area since they brought a list has no list any more:
// its rows would be written where they do nothing now.
func TestAListStaysBehindWithTheAreaItWasBroughtFor(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		asked := announcement(w.uuid(), "recipients", "pasir.csv", []byte(pasirList))
		path := importsPath + "/" + asked["id"].(string)
		w.as(aid.StaffAssessor, "ani", pasirArea).post(importsPath, asked)
		for _, areas := range [][]area.Code{{pasirArea}, {batuArea, pasirArea}, {"34.71.01"}, nil} {
			ani := w.as(aid.StaffAssessor, "ani", areas...)
			ani.get(path)
			if items := ani.get(importsPath).Get("items").([]any); len(items) != 1 {
				w.Errorf("in %v there are %d imports; want one", areas, len(items))
			}
		}
		w.as(aid.StaffAssessor, "budi").post(importsPath, announcement(w.uuid(), "recipients", "semua.csv", []byte(pasirList)))
		before := w.dump()
		for _, gone := range []*world{w.as(aid.StaffAssessor, "ani", batuArea), w.as(aid.StaffAssessor, "budi", pasirArea), w.as(aid.StaffAssessor, "cici", pasirArea)} {
			if items := gone.get(importsPath).Get("items").([]any); len(items) != 0 {
				w.Errorf("there are %v", items)
			}
			gone.refused(404, "not-found", "GET", path, nil)
			gone.refused(404, "not-found", "GET", path+"/errors.csv", nil)
			for _, do := range []string{"confirmation", "cancellation"} {
				gone.refused(404, "not-found", "POST", path+"/"+do, object{"id": w.uuid()})
			}
			gone.refused(404, "not-found", "POST", path+"/undo", object{"id": w.uuid(), "reason": "coba-coba"})
		}
		if w.dump() != before {
			w.Error("something was written")
		}
	})
}

// What a body names has to be the caller's as much as what the address names.
func TestABodyNamesNothingOfAnothers(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		theirs, ours := w.pledge(pasir, 2, 0, siti), w.pledge(batu, 2, 0, siti)
		file, scan := w.file(theirs, aid.EvidencePhoto, "foto"), w.file(theirs, aid.EvidenceBAST, "pindaian")
		vera := w.as(aid.StaffVerifier, "vera", batuArea)
		w.sign(ours)
		d := w.report(ours, 2)
		w.as(aid.StaffVerifier, "wira").post(reviewPath(scan), object{"id": w.uuid(), "commitment": theirs, "decision": "approved", "reason": "cocok"})
		path, body := w.decision(ours, "receipt", object{"delivery": d, "answer": "full", "evidence": []aid.EvidenceID{scan.ID}})
		place, _, err := w.store.Place(w.Context(), batu)
		if err != nil {
			w.Fatal(err)
		}
		before := w.dump()
		for name, try := range map[string]struct {
			who  *world
			path string
			body any
		}{
			"another's file beside one's own promise": {vera, reviewPath(file), object{"id": w.uuid(), "commitment": ours, "decision": "approved", "reason": "cocok"}},
			"another's file beside another's promise": {vera, reviewPath(file), object{"id": w.uuid(), "commitment": theirs, "decision": "approved", "reason": "cocok"}},
			"a receipt by another promise's BAST":     {vera, path, body},
			"a merge into a place of another":         {w.as(aid.StaffAssessor, "ani", batuArea), "/v1/staff/recipients/" + string(batu) + "/merge", object{"id": w.uuid(), "version": place.Recipient.Edits, "into": pasir, "reason": "sama"}},
			"a note on another's file by one's own":   {vera, "/v1/staff/work/evidence/" + string(file.ID) + "/notes?commitment=" + string(theirs), object{"id": w.uuid(), "text": "catatan"}},
			"a note on another's need":                {w.as(aid.StaffKelurahan, "lurah", batuArea), "/v1/staff/work/need/" + url.PathEscape(string(aid.NeedOf(pasir, "tangki"))) + "/notes", object{"id": w.uuid(), "text": "catatan"}},
			"one's own promise on a stranger's desk":  {vera, workPath(ours) + "/assignment", object{"id": w.uuid(), "to": "siapa"}},
			"a proposal about a promise of another":   {vera, "/v1/staff/proposals/" + w.uuid(), nil},
		} {
			method := "POST"
			if try.body == nil {
				method, try.body = "PUT", object{"kind": "close", "object": "recipient/" + string(pasir), "reason": "coba-coba", "change": object{}}
			}
			if got := try.who.Send(method, try.path, "", try.body); got.Status < 400 || got.Status >= 500 || strings.Contains(got.Body, siti.Name) {
				w.Errorf("%s: %d %s; want a refusal", name, got.Status, got.Body)
			}
		}
		if w.dump() != before {
			w.Error("something was written")
		}
	})
}

// What nobody verified was never promised, and is in no list of an office.
func TestWhatWasNeverVerifiedIsInNoList(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.pledge(pasir, 1, 0, siti) // so that the place is looked at
		hidden := aid.Contact{Name: "Rahasia Contoh", Phone: "+6281299999999", Email: "rahasia@contoh.invalid"}
		id := w.submit(pasir, 1, 0, hidden, "")
		admin := w.as(aid.StaffAdmin, "kepala")
		for _, path := range []string{
			"/v1/staff/queue?tab=new", "/v1/staff/queue?tab=moderation", "/v1/staff/commitments?recipient=" + string(pasir), "/v1/staff/commitments?area=34.71.01",
			"/v1/staff/commitments?number=" + id.Number(), "/v1/staff/exports/commitments.csv",
		} {
			if got := admin.get(path); strings.Contains(got.Body, hidden.Name) || strings.Contains(got.Body, id.Number()) {
				w.Errorf("%s: %s", path, got.Body)
			}
		}
		admin.refused(404, "not-found", "GET", commitmentPath(id), nil)
		admin.refused(404, "not-found", "POST", contactPath(id), object{"id": w.uuid(), "side": "collaborator", "reason": "cek penerima"})
	})
}

// No answer that an office reads tells how to reach somebody, except the one that
// writes it down.
func TestOnlyAskingForAContactShowsOne(t *testing.T) {
	t.Parallel()
	for _, operation := range slices.Sorted(maps.Keys(matrix)) {
		r := matrix[operation]
		if operation == "POST /v1/staff/contacts/{commitment}" || r.open {
			continue
		}
		method, _, _ := strings.Cut(operation, " ")
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newMemoryWorld(t)
			path, body := r.call(w)
			sent, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			got := w.As(own(r.roles[0], "petugas")).Send(method, path, "", body)
			for _, secret := range []string{siti.Phone, siti.Phone[3:], siti.Email, dukuh.Phone, dukuh.Phone[3:], dukuh.Email} {
				// What the caller typed themselves may come back.
				if strings.Contains(got.Body, secret) && !strings.Contains(string(sent), secret) {
					t.Errorf("%s tells %s: %s", path, secret, got.Body)
				}
			}
		})
	}
}

// away is a store of accounts that cannot be read.
type away struct{ facts }

var errAway = errors.New("the table is away")

func (away) Officer(context.Context, aid.OfficerID) (aid.Account, error) {
	return aid.Account{}, errAway
}

// Whoever cannot be looked up is not let in on the word of their token.
func TestNobodyGetsInWhileAccountsCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	w.server.store = away{w.store}
	for _, operation := range slices.Sorted(maps.Keys(matrix)) {
		r := matrix[operation]
		if r.open {
			continue
		}
		method, _, _ := strings.Cut(operation, " ")
		path, body := r.call(newMemoryWorld(t))
		if got := w.As(own(r.roles[0], "petugas")).Send(method, path, "", body); got.Status != 500 || strings.Contains(got.Body, errAway.Error()) {
			t.Errorf("%s: %d %s; want a fault that tells nothing", operation, got.Status, got.Body)
		}
	}
}
