package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

func TestContactMadeStopsTheClockOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		w.pass(time.Hour)
		first := w.Want(200, "POST", s.path+"/contacted", s.secret, object{})
		if first.Get("state") != "contacted" || first.Get("contactedAt") != "2025-09-10T05:00:00Z" ||
			fmt.Sprint(first.Get("allowed")) != "[schedule sign withdraw contact evidence erase]" {
			w.Errorf("answer %s", first.Body)
		}
		w.pass(time.Hour)
		if again := w.Want(200, "POST", s.path+"/contacted", s.secret, nil); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		w.Refused(409, "state", "POST", s.path+"/silence", s.secret, nil)
		w.Refused(409, "state", "POST", s.path+"/renewal", s.secret, nil)
		w.balanced(pasir1)
	})
}

func TestSilenceKeepsThePromiseAndTheSecondOneTellsTheOffice(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		one := w.pledge(w.form(1))
		two := w.pledge(with(w.form(1), "collaborator.email", "umar@contoh.invalid"))
		w.pass(time.Hour)
		first := w.Want(200, "POST", one.path+"/silence", one.secret, nil)
		if first.Get("contactBy") != "2025-09-12T04:00:00Z" || first.Get("silentAt") != "2025-09-10T05:00:00Z" || first.Get("state") != "pledged" {
			w.Errorf("answer %s; want another 24 hours of this region", first.Body)
		}
		if got := w.letters(one.id, everyLetter...); len(got) != 0 {
			w.Errorf("letters %v after the first", got)
		}
		if again := w.Want(200, "POST", one.path+"/silence", one.secret, nil); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		w.Want(200, "POST", two.path+"/silence", two.secret, nil)
		if got := w.letters(two.id, everyLetter...); !slices.Equal(got, []aid.LetterKind{aid.LetterOfficeSilent}) {
			w.Errorf("letters %v after the second; want the office told", got)
		}
	})
}

func TestOneRenewalAlsoAfterTheCommitmentLapsed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(6))
		w.pass(25 * time.Hour)
		w.lapses(s.id)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("state") != "lapsed" || fmt.Sprint(got.Get("allowed")) != "[renew erase]" {
			w.Errorf("lapsed: %s", got.Body)
		}
		w.Refused(409, "state", "POST", s.path+"/contacted", s.secret, nil)
		taker := w.pledge(with(with(w.form(5), "collaborator.email", "cepat@contoh.invalid"), "period.from", "2025-09-11"))
		got := w.Refused(409, "melebihi-sisa", "POST", s.path+"/renewal", s.secret, nil)
		if got.Get("remaining") != 5.0 || got.Get("nearby", 0, "id") != string(pasir2) {
			w.Errorf("refused with %s; want what remains and who else needs it", got.Body)
		}
		w.Want(200, "POST", taker.path+"/withdrawal", taker.secret, object{"reason": "other"})
		first := w.Want(200, "POST", s.path+"/renewal", s.secret, nil)
		if first.Get("state") != "pledged" || first.Get("renewed") != true || first.Get("contactBy") != "2025-09-12T05:00:00Z" || first.Get("endedAt") != nil {
			w.Errorf("renewed: %s", first.Body)
		}
		if again := w.Want(200, "POST", s.path+"/renewal", s.secret, nil); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		w.pass(25 * time.Hour)
		w.lapses(s.id)
		w.Refused(409, "state", "POST", s.path+"/renewal", s.secret, nil)
		w.balanced(pasir1)
	})
}

// lapses lets the clock do what is due.
func (w *world) lapses(id aid.CommitmentID) {
	w.Helper()
	for {
		before := w.read(id)
		after, move, letters, ok := before.Elapsed(w.clock(), w.server.catalogue())
		if !ok {
			return
		}
		if err := w.store.Move(w.Context(), table.Change{Move: move, Before: before, After: after, At: w.clock(), Letters: letters}); err != nil {
			w.Fatal(err)
		}
	}
}

func TestDayIsAgreedOnAndMayBeReplaced(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		day := object{"on": "2025-09-12", "from": "09:00", "to": "11:30"}
		w.Refused(409, "state", "POST", s.path+"/schedule", s.secret, day) // nobody has spoken
		w.Want(200, "POST", s.path+"/contacted", s.secret, nil)
		first := w.Want(200, "POST", s.path+"/schedule", s.secret, day)
		if first.Get("state") != "scheduled" || !strings.Contains(first.Body, `"schedule":{"on":"2025-09-12","from":"09:00","to":"11:30"}`) {
			w.Errorf("answer %s", first.Body)
		}
		if again := w.Want(200, "POST", s.path+"/schedule", s.secret, day); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		if other := w.Want(200, "POST", s.path+"/schedule", s.secret, object{"on": "2025-09-13"}); !strings.Contains(other.Body, `"schedule":{"on":"2025-09-13"}`) {
			w.Errorf("another day: %s", other.Body)
		}
		for name, wrong := range map[string]object{
			"yesterday": {"on": "2025-09-09"}, "no such day": {"on": "2025-09-31"}, "far off": {"on": "2026-09-12"}, "no day": {"from": "09:00", "to": "10:00"},
			"no end": {"on": "2025-09-12", "from": "09:00"}, "backwards": {"on": "2025-09-12", "from": "10:00", "to": "09:00"}, "no hour": {"on": "2025-09-12", "from": "9", "to": "10:00"},
			"unknown member": {"on": "2025-09-12", "place": "balai"},
		} {
			if got := w.Send("POST", s.path+"/schedule", s.secret, wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s; want it invalid", name, got.Status, got.Body)
			}
		}
	})
}

func TestMovesInTheWrongOrderSayWhatIsAllowed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(4))
		put := s.path + "/deliveries/" + webtest.UUID(w.T)
		for path, body := range map[string]any{
			"/contacted": nil, "/silence": nil, "/renewal": nil, "/schedule": object{"on": "2025-09-12"}, "/signature": object{"signedBy": "Siti"},
			"/contact": nil, "/evidence": announcement(1),
		} {
			got := w.Refused(409, "state", "POST", s.path+path, s.secret, body)
			if got.Get("state") != "submitted" || fmt.Sprint(got.Get("allowed")) != "[verify withdraw]" {
				w.Errorf("%s: %s", path, got.Body)
			}
		}
		w.Refused(409, "state", "PUT", put, s.secret, delivery(1))
		w.Refused(409, "state", "GET", s.path+"/bast.pdf", s.secret, nil)
		w.Refused(409, "state", "GET", s.path+"/receipt.pdf", s.secret, nil)
		w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		w.Refused(409, "state", "PUT", put, s.secret, delivery(1)) // not signed (S-102)
		w.Refused(409, "state", "GET", s.path+"/bast.pdf", s.secret, nil)
		w.Refused(404, "not-found", "POST", s.path+"/deliveries/"+webtest.UUID(w.T)+"/settlement", s.secret, nil)
		if c := w.read(s.id); c.Version != 2 || c.State != aid.Pledged {
			w.Errorf("a refusal moved the commitment: %+v", c)
		}
	})
}

func TestLettersGoToWhomTheyConcern(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		sent := func(what string, id aid.CommitmentID, want ...aid.LetterKind) {
			w.Helper()
			if got := w.letters(id, everyLetter...); !slices.Equal(got, append([]aid.LetterKind{}, want...)) {
				w.Errorf("%s sent %v; want %v", what, got, want)
			}
		}
		s := w.submit(w.form(2))
		sent("submission", s.id, aid.LetterCode)
		w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		sent("verification", s.id, aid.LetterPledged, aid.LetterStewardPledged)
		w.Want(200, "POST", s.path+"/contacted", s.secret, nil)
		sent("contact", s.id)
		w.sign(s)
		sent("signature", s.id, aid.LetterSigned)
		d := w.report(s, 1)
		sent("report", s.id, aid.LetterStewardReported)
		w.receives(s.id, d, aid.Full)
		w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "cannot_deliver"})
		sent("release", s.id, aid.LetterWithdrawn, aid.LetterStewardWithdrawn)
		unproven := w.submit(w.form(1))
		w.Want(200, "POST", unproven.path+"/withdrawal", unproven.secret, object{"reason": "other"})
		sent("withdrawal of what nobody was told of", unproven.id)
	})
}

func TestManyTapsAtOnceAreOneMove(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		for _, step := range []struct {
			path string
			body any
		}{
			{"/contacted", nil}, {"/schedule", object{"on": "2025-09-12"}}, {"/signature", object{"signedBy": "Siti Contoh"}}, {"/withdrawal", object{"reason": "other"}},
		} {
			version := w.read(s.id).Version
			answers := make([]webtest.Answer, 6)
			var wg sync.WaitGroup
			for i := range answers {
				wg.Go(func() { answers[i] = w.Send("POST", s.path+step.path, s.secret, step.body) })
			}
			wg.Wait()
			for _, a := range answers {
				if a.Status != 200 || a.Body != answers[0].Body {
					w.Errorf("%s: %d %s and %d %s", step.path, a.Status, a.Body, answers[0].Status, answers[0].Body)
				}
			}
			if c := w.read(s.id); c.Version != version+1 {
				w.Errorf("%s moved %d times", step.path, c.Version-version)
			}
		}
		w.balanced(pasir1)
	})
}

// Two moves that both make sense: whoever is second decides on what the first
// left.
func TestDifferentMovesAtOnceBothCount(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		var wg sync.WaitGroup
		wg.Go(func() { w.Want(200, "POST", s.path+"/contacted", s.secret, nil) })
		wg.Go(func() { w.Want(200, "POST", s.path+"/signature", s.secret, object{"signedBy": "Siti Contoh"}) })
		wg.Wait()
		if c := w.read(s.id); c.ContactedAt.IsZero() || c.SignedAt.IsZero() || c.State != aid.Signed {
			w.Errorf("commitment %+v; want it contacted and signed", c)
		}
	})
}

func TestPausedContactIsShownToNobodyAndTheStewardIsAskedToCall(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(1))
		if err := w.store.Pause(w.Context(), pasir1, true); err != nil {
			w.Fatal(err)
		}
		for range 2 {
			if got := w.Want(200, "POST", s.path+"/contact", s.secret, nil); strings.TrimSpace(got.Body) != `{"queued":true}` {
				w.Errorf("paused: %s", got.Body)
			}
		}
		if got := w.letters(s.id, aid.LetterStewardCall); len(got) != 1 {
			w.Error("nobody asked the steward to call")
		}
		if looks, err := w.store.LooksAtSteward(w.Context(), pasir1); err != nil || len(looks) != 0 {
			w.Errorf("looks %+v, %v; nothing was shown", looks, err)
		}
		if err := w.store.Pause(w.Context(), pasir1, false); err != nil {
			w.Fatal(err)
		}
		if got := w.Want(200, "POST", s.path+"/contact", s.secret, nil); got.Get("phone") != steward.Phone {
			w.Errorf("afterwards: %s", got.Body)
		}
	})
}

// The clocks of the machines that answer differ: what comes second may seem to
// come first.
func TestMachineFiveMinutesBehindChangesNothingOfTheOrder(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		w.pass(-5 * time.Minute)
		w.Want(200, "POST", s.path+"/contacted", s.secret, nil)
		w.Want(200, "POST", s.path+"/schedule", s.secret, object{"on": "2025-09-12"})
		w.pass(5 * time.Minute)
		w.sign(s)
		w.pass(-5 * time.Minute)
		d := w.report(s, 4)
		w.pass(5 * time.Minute)
		w.receives(s.id, d, aid.Full)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("state") != "received" || got.Get("history", 6, "what") != "receive" {
			w.Errorf("answer %s", got.Body)
		}
		w.balanced(pasir1)
	})
}
