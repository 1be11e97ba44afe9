package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

func TestDeliveryIsReportedOnceInParts(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := with(w.form(4), "lines", []object{{"need": aid.NeedOf(pasir1, "tangki"), "quantity": 4}, {"need": aid.NeedOf(pasir1, "galon"), "quantity": 20}})
		s := w.pledge(form)
		w.sign(s)
		w.pass(time.Hour)
		put := s.path + "/deliveries/" + webtest.UUID(w.T)
		body := object{"date": "2025-09-10", "lines": []object{{"line": 1, "quantity": 15}}, "note": "Diterima  di\nbalai warga"}
		first := w.Want(200, "PUT", put, s.secret, body)
		if first.Get("state") != "delivered" || fmt.Sprint(first.Get("deliveries", 0, "quantities")) != "[0 15]" ||
			first.Get("deliveries", 0, "number") != string(s.id.BAST(1)) || first.Get("lines", 1, "delivered") != 15.0 || first.Get("lines", 1, "outstanding") != 5.0 {
			w.Errorf("answer %s", first.Body)
		}
		if strings.Contains(first.Body, "balai") {
			w.Errorf("the note is among what is not asked for: %s", first.Body)
		}
		w.pass(time.Hour)
		if again := w.Want(200, "PUT", put, s.secret, body); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		w.Refused(409, "already-exists", "PUT", put, s.secret, with(body, "lines", []object{{"line": 1, "quantity": 14}}))
		w.Refused(409, "already-exists", "PUT", put, s.secret, with(body, "note", "lain"))
		w.Refused(409, "already-exists", "PUT", put, s.secret, with(body, "date", "2025-09-09"))
		second := w.Want(200, "PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, object{"date": "2025-09-10", "lines": []object{{"line": 0, "quantity": 4}, {"line": 1, "quantity": 5}}})
		if second.Get("deliveries", 1, "number") != string(s.id.BAST(2)) || fmt.Sprint(second.Get("allowed")) != "[contact evidence erase]" {
			w.Errorf("second: %s", second.Body)
		}
		w.Refused(409, "state", "PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, body)
		if note, err := w.store.NoteOf(w.Context(), s.id, w.read(s.id).Deliveries[0].ID); err != nil || note != "Diterima di balai warga" {
			w.Errorf("note %q, %v", note, err)
		}
		w.balanced(pasir1)
	})
}

func TestWrongReportsAreRefusedAndLeaveNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		before := w.read(s.id).Version
		for name, wrong := range map[string]object{
			"more than promised": delivery(5), "nothing": delivery(0), "no lines": {"date": "2025-09-10", "lines": []object{}},
			"no such line":      {"date": "2025-09-10", "lines": []object{{"line": 1, "quantity": 1}}},
			"a line twice":      {"date": "2025-09-10", "lines": []object{{"line": 0, "quantity": 1}, {"line": 0, "quantity": 1}}},
			"negative":          {"date": "2025-09-10", "lines": []object{{"line": 0, "quantity": -1}}},
			"tomorrow":          with(delivery(1), "date", "2025-09-11"),
			"before the pledge": with(delivery(1), "date", "2025-09-09"),
			"no such day":       with(delivery(1), "date", "2025-02-30"),
			"unknown evidence":  with(delivery(1), "evidence", []string{"0000"}),
			"long note":         with(delivery(1), "note", strings.Repeat("a", maxNote+1)),
			"bidi in note":      with(delivery(1), "note", "a\u202eb"),
			"unknown member":    with(delivery(1), "nik", "3171"),
		} {
			if got := w.Send("PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s; want it invalid", name, got.Status, got.Body)
			}
		}
		for _, id := range []string{"1", "F47AC10B-58CC-4372-A567-0E02B2C3D479", "f47ac10b-58cc-4372-a567-0e02b2c3d479"} {
			w.Refused(422, "invalid", "PUT", s.path+"/deliveries/"+id, s.secret, delivery(1))
		}
		if c := w.read(s.id); c.Version != before {
			w.Errorf("a refusal moved the commitment: %+v", c)
		}
	})
}

func TestDisputeEndsWhenTheLowerFigureIsAccepted(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		d := w.report(s, 4)
		settle := s.path + "/deliveries/" + d + "/settlement"
		w.Refused(409, "state", "POST", settle, s.secret, nil)
		w.receives(s.id, d, aid.Fewer, 3)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("state") != "disputed" || fmt.Sprint(got.Get("allowed")) != "[settle contact evidence erase]" || got.Get("handover") != nil {
			w.Errorf("disputed: %s", got.Body)
		}
		first := w.Want(200, "POST", settle, s.secret, nil)
		if first.Get("state") != "delivered" || first.Get("deliveries", 0, "open") != false || first.Get("lines", 0, "received") != 3.0 || first.Get("lines", 0, "outstanding") != 1.0 {
			w.Errorf("settled: %s; want 3 received and one that may still come", first.Body)
		}
		if got := w.letters(s.id, everyLetter...); len(got) != 1 || got[0] != aid.LetterReceived {
			w.Errorf("letters %v", got)
		}
		w.pass(time.Hour)
		if again := w.Want(200, "POST", settle, s.secret, nil); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		w.balanced(pasir1)
	})
}

func TestAcceptingThatNothingArrivedGivesNoThanks(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		d := w.report(s, 4)
		w.receives(s.id, d, aid.None)
		got := w.Want(200, "POST", s.path+"/deliveries/"+d+"/settlement", s.secret, nil)
		if got.Get("state") != "signed" || len(w.letters(s.id, everyLetter...)) != 0 {
			w.Errorf("settled: %s", got.Body)
		}
		w.Refused(409, "state", "GET", s.path+"/receipt.pdf", s.secret, nil)
		w.balanced(pasir1)
	})
}

func TestRestMayBeTakenBackAfterADelivery(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		w.receives(s.id, w.report(s, 3), aid.Full)
		first := w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "cannot_deliver"})
		if first.Get("state") != "received" || first.Get("releasedAt") == nil || first.Get("reason") != "cannot_deliver" {
			w.Errorf("released: %s", first.Body)
		}
		if again := w.Want(200, "POST", s.path+"/withdrawal", s.secret, object{"reason": "cannot_deliver"}); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		if n := w.need(pasir1, "tangki"); n.Received != 3 || n.Remaining() != 7 {
			w.Errorf("need %+v; want one back", n)
		}
		w.balanced(pasir1)
	})
}

func TestReportedDeliveryTakesAgainWhatALapseGaveBack(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		w.pass(25 * time.Hour)
		w.lapses(s.id)
		if n := w.need(pasir1, "tangki"); n.Remaining() != 10 {
			w.Fatalf("need %+v; want all of it back", n)
		}
		got := w.Want(200, "PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, delivery(4))
		if got.Get("state") != "delivered" || got.Get("endedAt") != nil {
			w.Errorf("reported: %s", got.Body)
		}
		w.balanced(pasir1)
	})
}

// However the two meet, the goods that were handed over count.
func TestDeliveryBeatsALapseThatRacesIt(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		for range 5 {
			s := w.pledge(with(w.form(1), "collaborator.email", webtest.UUID(w.T)+"@contoh.invalid"))
			w.sign(s)
			due := w.clock().Add(25 * time.Hour)
			var wg sync.WaitGroup
			wg.Go(func() {
				w.Want(200, "PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, delivery(1))
			})
			wg.Go(func() {
				for range 20 {
					before := w.read(s.id)
					after, move, letters, ok := before.Elapsed(due, w.server.catalogue())
					if !ok || move == aid.Remind && after.State != aid.Signed {
						return
					}
					err := w.store.Move(w.Context(), table.Change{Move: move, Before: before, After: after, At: due, Letters: letters})
					if err != nil && !errors.Is(err, aid.ErrStale) {
						w.Errorf("%s: %v", move, err)
					}
				}
			})
			wg.Wait()
			if c := w.read(s.id); c.State != aid.Delivered || len(c.Deliveries) != 1 {
				w.Errorf("commitment %s with %d deliveries; want it delivered", c.State, len(c.Deliveries))
			}
		}
		w.balanced(pasir1)
	})
}

func TestHandedOverSecretIsThereWhileThereIsSomethingToAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		key, err := w.store.Key(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		s := w.submit(w.form(4))
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("handover") != nil {
			w.Errorf("submitted: %s", got.Body)
		}
		w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
		want, err := aid.HandoverSecret(key, s.id, 1)
		if err != nil {
			w.Fatal(err)
		}
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("handover") != want {
			w.Errorf("pledged: %v; want %s", got.Get("handover"), want)
		}
		w.sign(s)
		d := w.report(s, 4)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("handover") != want || got.Get("bast") != string(s.id.BAST(1)) {
			w.Errorf("delivered: %s", got.Body)
		}
		w.receives(s.id, d, aid.Full)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("handover") != nil {
			w.Errorf("received: %s", got.Body)
		}
	})
}

// A phone or a machine may be five minutes ahead: at midnight that is tomorrow.
func TestPhoneAheadOfTheClockMayReportToday(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		w.sign(s)
		w.pass(11*time.Hour + 57*time.Minute) // 23:57 in this zone
		body := with(delivery(1), "date", "2025-09-11")
		put := s.path + "/deliveries/" + webtest.UUID(w.T)
		first := w.Want(200, "PUT", put, s.secret, body)
		w.pass(10 * time.Minute)
		if again := w.Want(200, "PUT", put, s.secret, body); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		w.Refused(422, "invalid", "PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, with(delivery(1), "date", "2025-09-12"))
	})
}
