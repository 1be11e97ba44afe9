package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

func TestRightCodeReservesAndStartsTheClock(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(4))
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("state") != "submitted" || got.Get("pledgedAt") != nil ||
			fmt.Sprint(got.Get("allowed")) != "[verify withdraw erase]" || got.Get("recipient", "name") != "Padukuhan 001 Pasir" || got.Get("recipient", "demo") != true {
			w.Errorf("before: %s", got.Body)
		}
		w.pass(time.Hour)
		first := w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		if first.Get("state") != "pledged" || first.Get("pledgedAt") != "2025-09-10T05:00:00Z" || first.Get("contactBy") != "2025-09-11T05:00:00Z" ||
			fmt.Sprint(first.Get("allowed")) != "[contacted renew sign silent withdraw contact evidence erase]" ||
			!strings.Contains(first.Body, `"history":[{"at":"2025-09-10T04:00:00Z","what":"submitted","by":"collaborator"},{"at":"2025-09-10T05:00:00Z","what":"verify","by":"collaborator"}]`) {
			w.Errorf("answer %s", first.Body)
		}
		if n := w.need(pasir1, "tangki"); n.Committed != 4 || n.Remaining() != 6 {
			w.Errorf("need %+v; want 4 committed", n)
		}
		w.pass(time.Minute)
		if again := w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)}); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Body != first.Body {
			w.Errorf("read: %s; want %s", got.Body, first.Body)
		}
		w.Refused(422, "code", "POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)})
		if n := w.need(pasir1, "tangki"); n.Committed != 4 {
			w.Errorf("need %+v after repeats; want 4 committed", n)
		}
	})
}

func TestWrongCodesAreCountedAndThenTheSubmissionIsClosed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		for _, code := range []string{"", "12345", "1234567", "12345x", "１２３４５６"} {
			w.Refused(422, "invalid", "POST", s.path+"/verification", s.secret, object{"code": code})
		}
		for left := 2; left >= 0; left-- { // this region allows three
			got := w.Refused(422, "code", "POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)})
			if got.Get("left") != float64(left) {
				w.Errorf("left %v; want %d", got.Get("left"), left)
			}
		}
		w.Refused(410, "expired", "POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)})
		w.Refused(410, "expired", "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		if n := w.need(pasir1, "tangki"); n.Committed != 0 {
			w.Errorf("need %+v; nothing was proven", n)
		}
	})
}

func TestLastTryMayBeRight(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		for range 2 {
			w.Refused(422, "code", "POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)})
		}
		w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
	})
}

func TestGuessesAtOnceAreNoMoreThanTheTries(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		var mu sync.Mutex
		compared := 0
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if w.Send("POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)}).Slug() == "code" {
					mu.Lock()
					defer mu.Unlock()
					compared++
				}
			})
		}
		wg.Wait()
		if compared != 3 {
			w.Errorf("%d guesses were compared; want 3", compared)
		}
	})
}

func TestVerificationHasItsHours(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		w.pass(12 * time.Hour)
		w.Refused(410, "expired", "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
	})
}

func TestNeedMayRunOutBetweenFormAndCode(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		slow := w.submit(w.form(7))
		quick := w.pledge(with(w.form(6), "collaborator.email", "cepat@contoh.invalid"))
		got := w.Refused(409, "melebihi-sisa", "POST", slow.path+"/verification", slow.secret, object{"code": w.code(slow.id)})
		if got.Get("remaining") != 4.0 || !strings.Contains(got.Body, string(pasir2)) {
			w.Errorf("refused with %s; want what remains and who else needs it", got.Body)
		}
		w.Want(200, "POST", quick.path+"/withdrawal", quick.secret, object{"reason": "cannot_deliver"})
		w.Want(200, "POST", slow.path+"/verification", slow.secret, object{"code": w.code(slow.id)})
		if n := w.need(pasir1, "tangki"); n.Committed != 7 {
			w.Errorf("need %+v; want 7 committed", n)
		}
	})
}

func TestUnknownReadsAsForbidden(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		key, err := w.store.Key(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		nobodys := aid.CommitmentID(webtest.UUID(w.T))
		unknown, err := aid.Secret(key, nobodys, 1)
		if err != nil {
			w.Fatal(err)
		}
		for name, call := range map[string]struct{ id, secret string }{
			"unknown commitment": {string(nobodys), unknown},
			"malformed id":       {"x", s.secret},
			"id in another case": {strings.ToUpper(string(s.id)), s.secret},
		} {
			path := "/v1/commitments/" + call.id
			got := w.Refused(404, "not-found", "GET", path, call.secret, nil)
			if want := fmt.Sprintf(`{"type":"/masalah/not-found/","title":"Not found","status":404,"instance":%q}`+"\n", path); got.Body != want {
				w.Errorf("%s answers %s; want %s, whatever the reason", name, got.Body, want)
			}
		}
	})
}

func TestContactIsShownAfterThePledgeAndNotBefore(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(1))
		got := w.Refused(409, "state", "POST", s.path+"/contact", s.secret, nil)
		if got.Get("state") != "submitted" || fmt.Sprint(got.Get("allowed")) != "[verify withdraw]" || strings.Contains(got.Body, steward.Phone) {
			w.Errorf("before: %s", got.Body)
		}
		w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		want := `{"name":"Dukuh Contoh","phone":"+628110000001","email":"dukuh@contoh.invalid","demo":true}`
		for range 4 { // the first sight is charged, later ones are free
			if got := w.Want(200, "POST", s.path+"/contact", s.secret, nil); strings.TrimSpace(got.Body) != want {
				w.Errorf("contact %s; want %s", got.Body, want)
			}
		}
		w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "other"})
		w.Refused(409, "state", "POST", s.path+"/contact", s.secret, nil)
	})
}

func TestContactsHaveDailyBudgets(t *testing.T) {
	t.Parallel()
	const shown, queued = "shown", "queued"
	// This region allows a day: 1 per contact, 2 per recipient, 3 per network, 4 in all.
	for name, calls := range map[string][]struct {
		email, source string
		at            aid.RecipientID
		want          string
	}{
		"contact": {
			{"a@contoh.invalid", "203.0.113.1", pasir1, shown}, {"a@contoh.invalid", "198.51.100.1", pasir2, queued}, {"b@contoh.invalid", "198.51.100.1", pasir2, shown},
		},
		"recipient": {
			{"a@contoh.invalid", "203.0.113.1", pasir1, shown}, {"b@contoh.invalid", "198.51.100.1", pasir1, shown}, {"c@contoh.invalid", "192.0.2.1", pasir1, queued},
		},
		"network": {
			{"a@contoh.invalid", "203.0.113.1", pasir1, shown}, {"b@contoh.invalid", "203.0.113.99", pasir2, shown}, {"c@contoh.invalid", "203.0.113.200", batu1, shown},
			{"d@contoh.invalid", "203.0.113.201", ombak1, queued},
		},
		"region": {
			{"a@contoh.invalid", "203.0.113.1", pasir1, shown}, {"b@contoh.invalid", "203.0.113.1", pasir2, shown}, {"c@contoh.invalid", "198.51.100.1", batu1, shown},
			{"d@contoh.invalid", "198.51.100.1", ombak1, shown}, {"e@contoh.invalid", "192.0.2.1", ombak1, queued},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(w *world) {
				for i, call := range calls {
					form := with(with(w.form(1), "recipient", call.at), "collaborator.email", call.email)
					s := w.pledge(with(form, "lines", []object{{"need": aid.NeedOf(call.at, "tangki"), "quantity": 1}}))
					w.Source = call.source
					got, want := w.Want(200, "POST", s.path+"/contact", s.secret, nil), shown
					if got.Get("queued") == true {
						want = queued
					}
					if want != call.want || (want == queued) == strings.Contains(got.Body, steward.Phone) {
						w.Errorf("call %d: %s; want it %s", i, got.Body, call.want)
					}
					if want == queued && strings.TrimSpace(got.Body) != `{"queued":true}` {
						w.Errorf("call %d: %s; want nothing but queued", i, got.Body)
					}
				}
			})
		})
	}
}

func TestWithdrawalReturnsWhatWasReserved(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		w.Refused(422, "invalid", "POST", s.path+"/withdrawal", s.secret, object{"reason": "bosan"})
		w.pass(time.Hour)
		first := w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "changed_plan"})
		if first.Get("state") != "withdrawn" || first.Get("reason") != "changed_plan" || first.Get("endedAt") != "2025-09-10T05:00:00Z" ||
			fmt.Sprint(first.Get("allowed")) != "[erase]" {
			w.Errorf("answer %s", first.Body)
		}
		w.pass(time.Hour)
		if again := w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "changed_plan"}); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		got := w.Refused(409, "state", "POST", s.path+"/withdrawal", s.secret, object{"reason": "other"})
		if got.Get("state") != "withdrawn" {
			w.Errorf("another reason: %s", got.Body)
		}
		if n := w.need(pasir1, "tangki"); n.Committed != 0 || n.Remaining() != 10 {
			w.Errorf("need %+v; want all of it back, once", n)
		}
	})
}

func TestUnprovenSubmissionMayBeWithdrawn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(4))
		w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "duplicate"})
		w.Refused(409, "state", "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		if n := w.need(pasir1, "tangki"); n.Remaining() != 10 {
			w.Errorf("need %+v", n)
		}
	})
}

// troubled is a store that is busy or broken where a story says so.
type troubled struct {
	tabletest.Store
	pledge, leaf, steward error
}

func (s troubled) Move(ctx context.Context, c table.Change) error {
	if s.pledge != nil {
		return s.pledge
	}
	return s.Store.Move(ctx, c)
}

func (s troubled) Leaf(ctx context.Context, l aid.Leaf) ([]aid.Place, error) {
	if s.leaf != nil {
		return nil, s.leaf
	}
	return s.Store.Leaf(ctx, l)
}

func (s troubled) Steward(ctx context.Context, r aid.RecipientID) (aid.Contact, error) {
	if s.steward != nil {
		return aid.Contact{}, s.steward
	}
	return s.Store.Steward(ctx, r)
}

func TestTroubleOfTheStoreIsAnsweredForWhatItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.submit(w.form(1))
	verify := func() webtest.Answer {
		return w.Send("POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
	}
	w.server.store = troubled{Store: w.store, pledge: fmt.Errorf("pledge: %w", aid.ErrBusy)}
	if got := verify(); got.Status != 503 || got.Slug() != "busy" || got.Headers["Retry-After"] == "" {
		t.Errorf("busy: %d %v %s", got.Status, got.Headers, got.Body)
	}
	w.server.store = troubled{Store: w.store, pledge: errors.New("siti@contoh.invalid is unknown to the table")}
	if got := verify(); got.Status != 500 || strings.Contains(got.Body, "siti") {
		t.Errorf("broken: %d %s", got.Status, got.Body)
	}
	w.server.store = w.store
	if got := verify(); got.Status != 200 {
		t.Errorf("afterwards: %d %s", got.Status, got.Body)
	}
	w.server.store = troubled{Store: w.store, steward: aid.ErrNotFound}
	if got := w.Want(200, "POST", s.path+"/contact", s.secret, nil); got.Get("queued") != true {
		t.Errorf("steward without contact: %s", got.Body)
	}
	w.server.store = troubled{Store: w.store, leaf: errors.New("no")}
	if got := w.Refused(409, "melebihi-sisa", "PUT", "/v1/commitments/"+webtest.UUID(t), "", w.form(11)); got.Get("remaining") != 9.0 {
		t.Errorf("a refusal without suggestions: %s", got.Body)
	}
}

// The log is one for the process, so this test is not parallel.
func TestPrivateValuesStayPrivate(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })

	w := newWorld(t, table.NewMemory())
	w.Source = "198.51.100.77"
	form := w.form(3)
	for path, value := range map[string]any{
		"collaborator.name": "Kenari Nama", "collaborator.showName": false, "collaborator.email": "kenari-surel@contoh.invalid",
		"collaborator.phone": "0812 9999 1234", "statement.signedBy": "Kenari Tanda",
	} {
		form = with(form, path, value)
	}
	canaries := []string{"Kenari", "kenari-surel", "9999 1234", "99991234", steward.Phone, steward.Email, steward.Name, "198.51.100"}

	var bodies []string // of everything but the one answer that shows the contact
	hear := func(a webtest.Answer) webtest.Answer {
		bodies = append(bodies, a.Body)
		return a
	}
	s := w.submit(form)
	canaries = append(canaries, s.secret, w.code(s.id))
	hear(w.Send("PUT", s.path, "", with(form, "statement.signedBy", "Kenari Lain")))
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", form)) // its challenge is used
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", with(with(form, "collaborator.name", "Kenari\u202e"), "collaborator.email", "kenari-surel@")))
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", with(form, "collaborator.phone", []string{"0812 9999 1234"})))
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", with(form, "collaborator.class", "Kenari")))
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", strings.Replace(mustJSON(form), `"Kenari Nama"`, "Kenari Nama", 1)))
	hear(w.Send("PUT", "/v1/commitments/"+webtest.UUID(t), "", with(with(form, "challenge", w.solve()), "lines", []object{{"need": aid.NeedOf(pasir1, "tangki"), "quantity": 99}})))
	hear(w.Send("GET", s.path, s.secret, nil))
	hear(w.Send("GET", s.path, s.secret+"x", nil))
	hear(w.Send("POST", s.path+"/contact", s.secret, nil))
	hear(w.Send("POST", s.path+"/verification", s.secret, object{"code": w.wrongCode(s.id)}))
	hear(w.Send("POST", s.path+"/verification", s.secret, object{"code": w.code(s.id) + "x"}))
	w.server.store = troubled{Store: w.store, pledge: errors.New("store is down")}
	hear(w.Send("POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)}))
	w.server.store = w.store
	hear(w.Send("POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)}))
	if got := w.Send("POST", s.path+"/contact", s.secret, nil); !strings.Contains(got.Body, steward.Phone) {
		t.Errorf("the one answer that should show the contact: %s", got.Body)
	}
	hear(w.Send("POST", s.path+"/signature", s.secret, object{"signedBy": "Kenari\u202e"}))
	hear(w.Send("POST", s.path+"/signature", s.secret, object{"signedBy": "Kenari Surat"}))
	hear(w.Send("PUT", s.path+"/deliveries/"+webtest.UUID(t), s.secret, with(delivery(1), "note", "Kenari\u202e")))
	hear(w.Send("PUT", s.path+"/deliveries/"+webtest.UUID(t), s.secret, with(delivery(1), "note", "Kenari catatan")))
	hear(w.Send("POST", s.path+"/evidence", s.secret, with(announcement(1), "fileName", "Kenari.jpg")))
	hear(w.Send("POST", s.path+"/evidence", s.secret, with(announcement(1), "type", "Kenari/jpeg")))
	hear(w.Send("POST", "/v1/links", "", object{"number": s.id.Number(), "email": "kenari-surel@contoh.invalid", "challenge": w.solve()}))
	hear(w.Send("POST", "/v1/links", "", object{"number": "Kenari", "email": "kenari-surel@contoh.invalid", "challenge": "Kenari"}))
	hear(w.Send("GET", s.path+"/receipt.pdf", s.secret, nil))
	w.server.files = lostFiles{}
	hear(w.Send("GET", s.path+"/letter.pdf", s.secret, nil))
	w.server.files = w.vault
	hear(w.Send("POST", s.path+"/withdrawal", s.secret, object{"reason": "other"}))

	places, err := w.store.Leaf(t.Context(), aid.Leaf{Area: "34.71.01", Group: "warga"})
	if err != nil {
		t.Fatal(err)
	}
	commitments, err := w.store.Commitments(t.Context(), pasir1)
	if err != nil || len(commitments) != 1 {
		t.Fatalf("%d commitments, %v", len(commitments), err)
	}
	ledger, err := json.Marshal([]any{places, commitments})
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"log": lines.String(), "answers": strings.Join(bodies, "\n"), "ledger": string(ledger)} {
		if text == "" {
			t.Errorf("%s: nothing to look at", where)
		}
		for _, canary := range canaries {
			if strings.Contains(text, canary) {
				t.Errorf("%s holds %q:\n%s", where, canary, text)
			}
		}
	}
	if !strings.Contains(lines.String(), "request failed") || !strings.Contains(lines.String(), "store is down") {
		t.Error("the fault was not logged")
	}
}
