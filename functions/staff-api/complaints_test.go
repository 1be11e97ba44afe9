package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

// What people in these stories write. Nothing of it may stand anywhere but where
// it was written.
const (
	grief       = "Bantuan dijual lagi di pasar oleh pengurus."
	griefEmail  = "pelapor@contoh.invalid"
	thought     = "Buat gudang bersama di tiap kelurahan."
	thoughtFrom = "pengusul@contoh.invalid"
)

func complaintPath(id aid.ComplaintID) string { return "/v1/staff/complaints/" + string(id) }
func ideaPath(id aid.IdeaID) string           { return "/v1/staff/ideas/" + string(id) }

// complain files a complaint that happened in the kelurahan of pasir.
func (w *world) complain(about aid.About) aid.ComplaintID {
	w.Helper()
	return w.complainIn(pasirArea, about)
}

func (w *world) complainIn(where area.Code, about aid.About) aid.ComplaintID {
	w.Helper()
	id := aid.ComplaintID(w.uuid())
	draft := aid.ComplaintDraft{ID: id, Class: aid.Levy, About: about, Area: where, Text: grief, Email: griefEmail}
	place := aid.Place{}
	if about.Recipient != "" {
		var err error
		if place, _, err = w.store.Place(w.Context(), about.Recipient); err != nil {
			w.Fatal(err)
		}
		draft.Area = ""
	}
	if about.Area != "" {
		draft.Area = ""
	}
	known := func(code area.Code) bool { return code == pasirArea || code == batuArea }
	c, words, err := draft.Check(w.pack.Catalogue(), known, place, aid.Commitment{}, w.clock())
	if err != nil {
		w.Fatal(err)
	}
	_, _, err = w.store.FileComplaint(w.Context(), table.Filing{
		Complaint: c, Words: words, SecretHash: []byte("x"), Fingerprint: string(id), ChallengeID: string(id), ChallengeExpires: w.clock(),
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// suggest sends an idea.
func (w *world) suggest() aid.IdeaID {
	w.Helper()
	id := aid.IdeaID(w.uuid())
	_, _, err := w.store.FileIdea(w.Context(), table.IdeaFiling{
		Idea:  aid.Idea{ID: id, Topic: "data", State: aid.IdeaReceived, ReceivedAt: w.clock()},
		Words: aid.IdeaWords{Text: thought, Email: thoughtFrom}, Fingerprint: string(id), ChallengeID: string(id), ChallengeExpires: w.clock(),
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// sees tells whether a complaint is in the list of whoever calls.
func (w *world) sees(id aid.ComplaintID) bool {
	w.Helper()
	return strings.Contains(w.get("/v1/staff/complaints").Body, string(id))
}

// version returns at which version a thing is said to be.
func version(a webtest.Answer) int {
	n, _ := a.Get("version").(float64)
	return int(n)
}

// items returns the rows of a list.
func items(a webtest.Answer) (rows []object) {
	all, _ := a.Get("items").([]any)
	for _, row := range all {
		rows = append(rows, row.(object))
	}
	return rows
}

func TestAComplaintIsTakenUpAnsweredAndClosed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.complain(aid.About{})
		officer := w.as(aid.StaffKelurahan, "lurah", pasirArea)
		got := officer.get(complaintPath(id))
		if got.Text("state") != "received" || got.Text("ticket") != id.Ticket() || strings.Contains(got.Body, grief) || strings.Contains(got.Body, griefEmail) {
			t.Errorf("the facts of a complaint are %s", got.Body)
		}
		read := officer.post(complaintPath(id)+"/reading", object{"id": w.uuid()})
		if !strings.Contains(read.Body, grief) || strings.Contains(read.Body, griefEmail) || !strings.Contains(read.Body, "@contoh.invalid") {
			t.Errorf("its words are %s", read.Body)
		}
		take := object{"id": w.uuid(), "version": 1, "to": "me"}
		got = officer.post(complaintPath(id)+"/assignment", take)
		if got.Text("state") != "assigned" || version(got) != 2 || !strings.Contains(got.Body, "Lurah Contoh") {
			t.Errorf("taken up: %s", got.Body)
		}
		if again := officer.post(complaintPath(id)+"/assignment", take); again.Body != got.Body {
			t.Errorf("taken up again: %s", again.Body)
		}
		reply := object{"id": w.uuid(), "version": 2, "text": "Sudah kami periksa bersama warga.", "outcome": "resolved"}
		got = officer.post(complaintPath(id)+"/answers", reply)
		if got.Text("state") != "answered" || got.Text("outcome") != "resolved" {
			t.Errorf("answered: %s", got.Body)
		}
		if again := officer.post(complaintPath(id)+"/answers", reply); again.Body != got.Body {
			t.Errorf("answered again: %s", again.Body)
		}
		replies, err := w.store.Replies(w.Context(), id)
		if err != nil || len(replies) != 1 {
			t.Errorf("the reporter finds %v, %v", replies, err)
		}
		officer.refused(412, "stale", "POST", complaintPath(id)+"/closure", object{"id": w.uuid(), "version": 2, "outcome": "resolved"})
		got = officer.post(complaintPath(id)+"/closure", object{"id": w.uuid(), "version": 3, "outcome": "resolved"})
		if got.Text("state") != "closed" {
			t.Errorf("closed: %s", got.Body)
		}
		officer.refused(409, "state", "POST", complaintPath(id)+"/answers", object{"id": w.uuid(), "version": 4, "text": "Satu lagi.", "outcome": "resolved"})
		acts := w.acts()
		if len(acts) != 4 {
			t.Errorf("%d acts: %+v; want read, assign, answer, close", len(acts), acts)
		}
		for _, a := range acts {
			if said := a.Before + a.After + a.Reason; strings.Contains(said, "periksa") || strings.Contains(said, grief) {
				t.Errorf("the trail keeps what was written: %s", said)
			}
		}
	})
}

// Who is named must never see that they are: not in a list, not by its address,
// not to read or answer, and not because a colleague hands it to them.
func TestNobodySeesWhatNamesTheirOwnUnit(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		for name, about := range map[string]aid.About{"a unit in its care": {Recipient: pasir}, "the office itself": {Area: pasirArea}} {
			id := w.complain(about)
			w.enrolAs("lurah", aid.StaffKelurahan, pasirArea)
			named := w.as(aid.StaffKelurahan, "lurah", pasirArea)
			limited := w.as(aid.StaffComplaints, "aduan-pasir", pasirArea)
			above := w.as(aid.StaffComplaints, "aduan")
			for who, caller := range map[string]*world{"its kelurahan": named, "complaints officer of the kelurahan": limited, "another kelurahan": w.as(aid.StaffKelurahan, "lurah-batu", batuArea)} {
				if caller.sees(id) {
					t.Errorf("%s is named, and %s has it in the list", name, who)
				}
				before := w.dump()
				caller.refused(404, "not-found", "GET", complaintPath(id), nil)
				caller.refused(404, "not-found", "POST", complaintPath(id)+"/reading", object{"id": w.uuid()})
				caller.refused(404, "not-found", "POST", complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "me"})
				caller.refused(404, "not-found", "POST", complaintPath(id)+"/answers", object{"id": w.uuid(), "version": 1, "text": "bukan kami", "outcome": "unfounded"})
				caller.refused(404, "not-found", "POST", complaintPath(id)+"/closure", object{"id": w.uuid(), "version": 1, "outcome": "unfounded"})
				caller.refused(404, "not-found", "GET", "/v1/staff/work/complaint/"+string(id), nil)
				caller.refused(404, "not-found", "POST", "/v1/staff/work/complaint/"+string(id)+"/notes", object{"id": w.uuid(), "text": "bukan kami"})
				if strings.Contains(caller.get("/v1/staff/queue?tab=complaint").Body, string(id)) {
					t.Errorf("%s is named, and %s has it in the queue", name, who)
				}
				if w.dump() != before {
					t.Errorf("%s left something at what names %s", who, name)
				}
			}
			if !above.sees(id) {
				t.Errorf("%s is named, and nobody above sees it", name)
			}
			above.refused(422, "invalid", "POST", complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "lurah"})
			above.post(complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "me"})
		}
	})
}

func TestAColleagueIsGivenOnlyWhatTheyMaySee(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	id := w.complain(aid.About{})
	admin := w.as(aid.StaffAdmin, "ani")
	w.enrolAs("lurah", aid.StaffKelurahan, pasirArea)
	w.enrolAs("lurah-batu", aid.StaffKelurahan, batuArea)
	w.enrolAs("vera", aid.StaffVerifier)
	for _, other := range []string{"lurah-batu", "vera", "siapa"} {
		admin.refused(422, "invalid", "POST", complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": other})
	}
	got := admin.post(complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "lurah"})
	if !strings.Contains(got.Body, `"lurah"`) || got.Text("state") != "assigned" {
		t.Errorf("handed over: %s", got.Body)
	}
	got = admin.post(complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 2, "to": ""})
	if strings.Contains(got.Body, `"assigned":{`) || got.Text("state") != "assigned" {
		t.Errorf("put back: %s", got.Body)
	}
}

func TestTwoWhoTakeUpOneComplaintAtOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.complain(aid.About{})
		answers := make(chan webtest.Answer)
		names := []string{"satu", "dua", "tiga"}
		for _, name := range names {
			officer, body := w.as(aid.StaffComplaints, name), object{"id": w.uuid(), "version": 1, "to": "me"}
			go func() {
				answers <- officer.Send("POST", complaintPath(id)+"/assignment", "", body)
			}()
		}
		won, told := 0, []string{}
		for range names {
			switch got := <-answers; got.Status {
			case 200:
				won++
			case 412:
				told = append(told, got.Text("holder"))
			case 503:
			default:
				t.Errorf("one of them is told %d %s", got.Status, got.Body)
			}
		}
		got := w.as(aid.StaffComplaints, "empat").get(complaintPath(id))
		if won != 1 || version(got) != 2 || len(w.acts()) != 1 {
			t.Errorf("%d took it up; it is at version %v, with %d acts", won, version(got), len(w.acts()))
		}
		holder := got.Text("assigned", "name")
		if holder == "" || slices.ContainsFunc(told, func(name string) bool { return name != holder }) {
			t.Errorf("it lies with %q; the others are told that it lies with %q", holder, told)
		}
		late := w.as(aid.StaffComplaints, "lima").refused(412, "stale", "POST", complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "me"})
		if late.Text("holder") != holder {
			t.Errorf("whoever comes later is told %s", late.Body)
		}
	})
}

func TestComplaintsAreListedPageByPageAndFiltered(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var ids []aid.ComplaintID
		for n := range 5 {
			if n == 3 {
				w.pass(40 * 24 * time.Hour)
			}
			ids = append(ids, w.complain(aid.About{}))
		}
		elsewhere := w.complainIn(batuArea, aid.About{})
		officer := w.as(aid.StaffComplaints, "aduan")
		seen := map[string]int{}
		cursor := ""
		for range 10 {
			page := officer.get("/v1/staff/complaints?limit=2&cursor=" + url.QueryEscape(cursor))
			for _, c := range items(page) {
				seen[c["id"].(string)]++
			}
			if cursor = page.Text("next"); cursor == "" {
				break
			}
		}
		if len(seen) != 6 {
			t.Errorf("six complaints, page by page: %v", seen)
		}
		for _, id := range append(ids, elsewhere) {
			if seen[string(id)] != 1 {
				t.Errorf("complaint %s is there %d times", id, seen[string(id)])
			}
		}
		if got := items(officer.get("/v1/staff/complaints?area=" + string(batuArea))); len(got) != 1 || got[0]["id"] != string(elsewhere) {
			t.Errorf("of one kelurahan: %v", got)
		}
		if got := items(officer.get("/v1/staff/complaints?state=closed")); len(got) != 0 {
			t.Errorf("closed ones: %v", got)
		}
		officer.refused(404, "not-found", "GET", "/v1/staff/complaints?cursor=x", nil)
	})
}

func TestAnIdeaIsReadAndKept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.suggest()
		officer := w.as(aid.StaffComplaints, "aduan")
		if list := officer.get("/v1/staff/ideas"); len(items(list)) != 1 || strings.Contains(list.Body, thought) {
			t.Errorf("ideas: %s", list.Body)
		}
		if read := officer.post(ideaPath(id)+"/reading", object{"id": w.uuid()}); read.Text("text") != thought || read.Text("email") != thoughtFrom {
			t.Errorf("its words: %s", read.Body)
		}
		keep := object{"id": w.uuid(), "decision": "kept", "was": "received"}
		if got := officer.post(ideaPath(id)+"/decision", keep); got.Text("state") != "kept" {
			t.Errorf("decided: %s", got.Body)
		}
		officer.post(ideaPath(id)+"/decision", keep)
		officer.refused(412, "stale", "POST", ideaPath(id)+"/decision", object{"id": w.uuid(), "decision": "spam", "was": "received"})
		if got := items(officer.get("/v1/staff/ideas?state=received")); len(got) != 0 {
			t.Errorf("unread ones: %v", got)
		}
		officer.refused(404, "not-found", "GET", ideaPath("0198c0de-0000-7000-8000-000000000000"), nil)
		if n := w.records(); n != 2 {
			t.Errorf("%d acts; want that it was read and kept", n)
		}
	})
}
