package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

func (w *world) linkLetters(id aid.CommitmentID) int {
	w.Helper()
	n := 0
	for ms := range 5 {
		at := w.clock().Add(-time.Duration(ms) * time.Second)
		if _, err := w.store.Letter(w.Context(), table.LetterKeyOf(id, at.UnixMilli(), aid.LetterLink)); err == nil {
			n++
		}
	}
	return n
}

func TestLinkIsMailedToTheAddressOnRecordAndTheAnswerTellsNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s, unproven := w.pledge(w.form(1)), w.submit(with(w.form(1), "collaborator.email", "umar@contoh.invalid"))
		erased := w.pledge(with(w.form(1), "collaborator.email", "ani@contoh.invalid"))
		w.Want(200, "POST", erased.path+"/erasure", erased.secret, nil)
		var bodies []string
		for name, ask := range map[string]struct {
			number, email string
			id            aid.CommitmentID
			letters       int
		}{
			"right":           {s.id.Number(), "siti@contoh.invalid", s.id, 1},
			"another address": {s.id.Number(), "lain@contoh.invalid", s.id, 0},
			"unproven":        {unproven.id.Number(), "umar@contoh.invalid", unproven.id, 0},
			"erased":          {erased.id.Number(), "ani@contoh.invalid", erased.id, 0},
			"unknown number":  {"K-7F3Q-21XA", "siti@contoh.invalid", s.id, 0},
		} {
			w.pass(time.Minute)
			got := w.Want(202, "POST", "/v1/links", "", object{"number": ask.number, "email": ask.email, "challenge": w.solve()})
			bodies = append(bodies, got.Body)
			if got.Body != bodies[0] {
				w.Errorf("%s is answered %q, another %q", name, got.Body, bodies[0])
			}
			if n := w.linkLetters(ask.id); n != ask.letters {
				w.Errorf("%s: %d letters; want %d", name, n, ask.letters)
			}
		}
		// As people write it.
		w.pass(time.Minute)
		typed := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s.id.Number(), "K-"), "-", " "))
		w.Want(202, "POST", "/v1/links", "", object{"number": typed, "email": " Siti@Contoh.invalid ", "challenge": w.solve()})
		if w.linkLetters(s.id) != 1 {
			w.Error("a number in small letters is not read")
		}
		w.Want(200, "GET", s.path, s.secret, nil) // the older link still opens
	})
}

func TestLinksCostWorkAndHaveBudgets(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(1))
		ask := func(email, challenge string) webtest.Answer {
			w.pass(time.Second)
			return w.Send("POST", "/v1/links", "", object{"number": s.id.Number(), "email": email, "challenge": challenge})
		}
		used := w.solve()
		if got := ask("siti@contoh.invalid", used); got.Status != 202 {
			w.Errorf("first: %d %s", got.Status, got.Body)
		}
		for name, challenge := range map[string]string{"used": used, "none": "", "forged": "e30="} {
			if got := ask("siti@contoh.invalid", challenge); got.Slug() != "challenge" {
				w.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
		for range w.server.limits().CodesPerDay - 1 {
			if got := ask("siti@contoh.invalid", w.solve()); got.Status != 202 {
				w.Errorf("within the budget: %d %s", got.Status, got.Body)
			}
		}
		if got := ask("siti@contoh.invalid", w.solve()); got.Slug() != "quota" {
			w.Errorf("over the budget: %d %s", got.Status, got.Body)
		}
		// The budget of an address that matches nothing runs out just so.
		for i := range w.server.limits().CodesPerDay + 1 {
			got := ask("lain@contoh.invalid", w.solve())
			if over := i == w.server.limits().CodesPerDay; (got.Slug() == "quota") != over {
				w.Errorf("another address, call %d: %d %s", i, got.Status, got.Body)
			}
		}
		for name, wrong := range map[string]object{"number": {"number": "x", "email": "a@contoh.invalid", "challenge": ""}, "address": {"number": s.id.Number(), "email": "a", "challenge": ""}} {
			if got := w.Send("POST", "/v1/links", "", wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
	})
}

func TestRemindersAreSwitchedForEveryCommitmentOfAPerson(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		one, two := w.pledge(w.form(1)), w.pledge(w.form(1))
		for _, wanted := range []bool{false, false, true} {
			if got := w.Want(200, "POST", one.path+"/reminders", one.secret, object{"wanted": wanted}); got.Get("reminders") != wanted {
				w.Errorf("answer %s", got.Body)
			}
			if got := w.Want(200, "GET", two.path, two.secret, nil); got.Get("reminders") != wanted {
				w.Errorf("the other: %v; want %v", got.Get("reminders"), wanted)
			}
		}
		w.Refused(422, "invalid", "POST", one.path+"/reminders", one.secret, object{})
	})
}

func TestErasureTakesThePersonAndLeavesTheFact(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		until func(*world) submitted
		state aid.State
		given int64 // units that stay counted
	}{
		"submitted": {func(w *world) submitted { return w.submit(w.form(4)) }, aid.Withdrawn, 0},
		"pledged":   {func(w *world) submitted { return w.pledge(w.form(4)) }, aid.Withdrawn, 0},
		"signed":    {func(w *world) submitted { return w.signed(4) }, aid.Withdrawn, 0},
		"partly delivered": {func(w *world) submitted {
			s := w.signed(4)
			w.report(s, 3)
			return s
		}, aid.Delivered, 3},
		"received": {func(w *world) submitted {
			s := w.signed(4)
			w.receives(s.id, w.report(s, 4), aid.Full)
			return s
		}, aid.Received, 4},
		"disputed": {func(w *world) submitted {
			s := w.signed(4)
			w.receives(s.id, w.report(s, 4), aid.Fewer, 3)
			return s
		}, aid.Disputed, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(w *world) {
				s := story.until(w)
				w.pass(time.Hour)
				got := w.Want(200, "POST", s.path+"/erasure", s.secret, nil)
				if got.Get("erasedAt") != "2025-09-10T05:00:00Z" {
					w.Errorf("answer %s", got.Body)
				}
				c := w.read(s.id)
				if c.State != story.state || c.Name != "" || c.ForgottenAt.IsZero() {
					w.Errorf("commitment %+v; want it %s and nameless", c, story.state)
				}
				if n := w.need(pasir1, "tangki"); n.Committed+n.Delivered+n.Received != story.given {
					w.Errorf("need %+v; want %d to stay", n, story.given)
				}
				if _, err := w.store.Credential(w.Context(), s.id); !errors.Is(err, aid.ErrNotFound) {
					w.Errorf("credential: %v", err)
				}
				if _, err := w.vault.Get(w.Context(), s.id.StatementPath(), "", 10); !errors.Is(err, aid.ErrNotFound) {
					w.Errorf("the signed statement is still kept: %v", err)
				}
				for _, private := range []string{"Siti", "siti@", "81200000000"} {
					if strings.Contains(w.dump(), private) {
						w.Errorf("the tables still hold %q", private)
					}
				}
				for _, call := range []string{"GET ", "GET /export", "POST /erasure", "GET /letter.pdf"} {
					method, path, _ := strings.Cut(call, " ")
					w.Refused(404, "not-found", method, s.path+path, s.secret, nil)
				}
				w.balanced(pasir1)
			})
		})
	}
}

func TestErasureThatBrokeOffMayBeAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.signed(4)
	w.server.files = lostFiles{}
	w.Refused(500, "fault", "POST", s.path+"/erasure", s.secret, nil)
	if c := w.read(s.id); c.State != aid.Withdrawn || !c.ForgottenAt.IsZero() {
		t.Errorf("commitment %+v; want it withdrawn and not yet forgotten", c)
	}
	w.server.files = w.vault
	w.Want(200, "POST", s.path+"/erasure", s.secret, nil)
}

func TestExportIsEverythingThatIsHeld(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		w.Want(200, "POST", s.path+"/contact", s.secret, nil)
		d := webtest.UUID(w.T)
		w.Want(200, "PUT", s.path+"/deliveries/"+d, s.secret, with(delivery(4), "note", "Ditaruh di balai"))
		look := table.Look{At: w.clock(), By: aid.Steward, Commitment: s.id, Recipient: pasir1}
		if err := w.store.RecordLook(w.Context(), look, "2025-09-10"); err != nil {
			w.Fatal(err)
		}
		got := w.Want(200, "GET", s.path+"/export", s.secret, nil)
		for what, holds := range map[string]bool{
			"contact":   got.Get("contact", "email") == "siti@contoh.invalid" && got.Get("contact", "phone") == "+6281200000000" && got.Get("contact", "name") == "Siti Contoh",
			"statement": got.Get("statement", "signedBy") == "Siti Contoh" && got.Get("statement", "at") == "2025-09-10T04:00:00Z",
			"note":      got.Get("notes", 0, "text") == "Ditaruh di balai" && got.Get("notes", 0, "delivery") == d,
			"seen":      got.Get("commitment", "seen", 0, "by") == "steward",
			"shown":     got.Get("stewardSeen", 0) == "2025-09-10T04:00:00Z",
			"fact":      got.Get("commitment", "number") == s.id.Number(),
			"rest":      got.Get("language") == "id" && got.Get("verifiedAt") != nil && fmt.Sprint(got.Get("codeTries")) == "1",
		} {
			if !holds {
				w.Errorf("%s is missing: %s", what, got.Body)
			}
		}
		if strings.Contains(got.Body, steward.Phone) {
			w.Errorf("the steward's phone is not about the collaborator: %s", got.Body)
		}
	})
}
