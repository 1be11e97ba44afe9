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

func revealOf(w *world, id aid.CommitmentID) table.RevealRequest {
	c := w.read(id)
	return table.RevealRequest{
		Commitment: id, Recipient: c.Recipient, Collaborator: c.Collaborator, Network: "n", Day: "2025-09-10", At: w.clock(), Limits: w.pack.Limits,
	}
}

func TestReceiptInFullEndsTheCommitment(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 20, siti)
		w.sign(id)
		d := w.report(id, 4, 20)
		put := path(id) + "/receipts/" + string(d)
		w.pass(time.Hour)
		first := w.Want(200, "PUT", put, w.steward(pasir), object{"answer": "full"})
		if first.Get("commitments", 0, "state") != "received" || first.Get("commitments", 0, "deliveries", 0, "via") != "steward" ||
			fmt.Sprint(first.Get("commitments", 0, "deliveries", 0, "received")) != "[4 20]" {
			w.Errorf("answer %s", first.Body)
		}
		if !w.letter(id, aid.LetterReceived) || w.letter(id, aid.LetterStewardReceipt) || w.letter(id, aid.LetterDisputed) {
			w.Error("want one letter, of thanks")
		}
		w.pass(time.Hour)
		if again := w.Want(200, "PUT", put, w.steward(pasir), object{"answer": "full"}); again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		w.Refused(409, "state", "PUT", put, w.steward(pasir), object{"answer": "none"})
		w.balanced(pasir)
	})
}

func TestFewerMakesADisputeThatTheStewardMayCorrect(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 20, siti)
		w.sign(id)
		put := path(id) + "/receipts/" + string(w.report(id, 4, 20))
		fewer := object{"answer": "fewer", "lines": []object{{"line": 1, "quantity": 15}, {"line": 0, "quantity": 4}}}
		got := w.Want(200, "PUT", put, w.steward(pasir), fewer)
		if got.Get("commitments", 0, "state") != "disputed" || got.Get("commitments", 0, "deliveries", 0, "open") != true ||
			got.Get("commitments", 0, "lines", 1, "received") != 15.0 || got.Get("commitments", 0, "lines", 1, "committed") != 5.0 {
			w.Errorf("fewer: %s", got.Body)
		}
		if !w.letter(id, aid.LetterDisputed) || !w.letter(id, aid.LetterOfficeDispute) || w.letter(id, aid.LetterReceived) {
			w.Error("want letters to the collaborator and to the office")
		}
		w.balanced(pasir)
		for name, wrong := range map[string]object{
			"more than reported": {"answer": "fewer", "lines": []object{{"line": 0, "quantity": 5}}},
			"nothing":            {"answer": "fewer"},
			"no such line":       {"answer": "fewer", "lines": []object{{"line": 2, "quantity": 1}}},
			"twice":              {"answer": "fewer", "lines": []object{{"line": 0, "quantity": 1}, {"line": 0, "quantity": 1}}},
			"negative":           {"answer": "fewer", "lines": []object{{"line": 0, "quantity": -1}}},
			"unknown answer":     {"answer": "maybe"},
			"no answer":          {},
		} {
			if got := w.Send("PUT", put, w.steward(pasir), wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s; want it invalid", name, got.Status, got.Body)
			}
		}
		got = w.Want(200, "PUT", put, w.steward(pasir), object{"answer": "full"})
		if got.Get("commitments", 0, "state") != "received" || got.Get("commitments", 0, "deliveries", 0, "open") != false {
			w.Errorf("corrected: %s", got.Body)
		}
		w.balanced(pasir)
	})
}

func TestReceiptMayComeBeforeAnyReport(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		own, put := w.steward(pasir), path(id)+"/receipts/"
		w.Refused(409, "state", "PUT", put+webtest.UUID(w.T), own, object{"answer": "full"}) // nothing is signed
		w.sign(id)
		w.Refused(422, "invalid", "PUT", put+"x", own, object{"answer": "full"})
		w.Refused(422, "invalid", "PUT", put+webtest.UUID(w.T), own, object{"answer": "none"})
		w.Refused(422, "invalid", "PUT", put+webtest.UUID(w.T), own, object{"answer": "fewer", "lines": []object{{"line": 0, "quantity": 5}}})
		one := webtest.UUID(w.T)
		part := object{"answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}}
		for range 2 {
			got := w.Want(200, "PUT", put+one, own, part)
			if got.Get("commitments", 0, "state") != "delivered" || got.Get("commitments", 0, "deliveries", 0, "reportedBy") != "steward" ||
				got.Get("commitments", 0, "deliveries", 1) != nil || got.Get("commitments", 0, "lines", 0, "outstanding") != 1.0 {
				w.Errorf("part: %s", got.Body)
			}
		}
		got := w.Want(200, "PUT", put+webtest.UUID(w.T), own, object{"answer": "full"})
		if got.Get("commitments", 0, "state") != "received" || fmt.Sprint(got.Get("commitments", 0, "deliveries", 1, "received")) != "[1]" {
			w.Errorf("rest: %s", got.Body)
		}
		w.Refused(409, "state", "PUT", put+webtest.UUID(w.T), own, object{"answer": "full"})
		w.balanced(pasir)
	})
}

func TestHandedOverLinkDiesWithTheLastAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		link := w.handover(id)
		put := path(id) + "/receipts/" + string(w.report(id, 1))
		w.Want(200, "PUT", put, link, object{"answer": "full"})
		if !w.letter(id, aid.LetterStewardReceipt) {
			w.Error("nobody asked the steward: was it you?")
		}
		w.Want(200, "GET", "/v1/steward", link, nil) // three are still to come
		last := path(id) + "/receipts/" + string(w.report(id, 3))
		first := w.Want(200, "PUT", last, link, object{"answer": "full"})
		if first.Get("commitments", 0, "state") != "received" {
			w.Errorf("answer %s", first.Body)
		}
		// The answer may be lost, so it is given again; nothing else is.
		if again := w.Want(200, "PUT", last, link, object{"answer": "full"}); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		w.Refused(404, "not-found", "PUT", last, link, object{"answer": "none"})
		w.Refused(404, "not-found", "PUT", path(id)+"/receipts/"+webtest.UUID(w.T), link, object{"answer": "full"})
		w.Refused(404, "not-found", "GET", "/v1/steward", link, nil)
		w.Refused(404, "not-found", "POST", path(id)+"/contact", link, nil)
		w.Refused(404, "not-found", "POST", path(id)+"/contacted", link, nil)
		w.balanced(pasir)
	})
}

func TestStewardOverridesWhatCameThroughOtherHands(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		put := path(id) + "/receipts/" + string(w.report(id, 4))
		w.Want(200, "PUT", put, w.handover(id), object{"answer": "full"})
		got := w.Want(200, "PUT", put, w.steward(pasir), object{"answer": "none"})
		if got.Get("commitments", 0, "state") != "disputed" || got.Get("commitments", 0, "deliveries", 0, "via") != "steward" {
			w.Errorf("answer %s", got.Body)
		}
		w.balanced(pasir)
	})
}

// code is what the sheet would say.
func (w *world) code(number aid.BASTNumber) string { return aid.BASTCode(w.key, number) }

// wrongCode is any other.
func (w *world) wrongCode(number aid.BASTNumber) string {
	if w.code(number) == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeOnTheSheetConfirmsADelivery(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		number := id.BAST(1)
		sheet := "/v1/receipts/" + string(number)
		w.Refused(404, "not-found", "POST", sheet, "", object{"code": w.code(number)}) // nothing is signed: there is no sheet
		w.sign(id)
		d := w.report(id, 4)
		before := w.dump()
		spelled := "/v1/receipts/" + strings.ToLower(strings.TrimPrefix(string(number), "BAST-"))
		for _, at := range []string{sheet, spelled} {
			got := w.Want(200, "POST", at, "", object{"code": " " + strings.ToLower(w.code(number))})
			if got.Get("commitment", "deliveries", 0, "id") != string(d) || fmt.Sprint(got.Get("commitment", "allowed")) != "[receive]" ||
				got.Get("recipient", "name") != "Padukuhan 001 Pasir" || strings.Contains(got.Body, "081200") {
				w.Errorf("what is to be confirmed: %s", got.Body)
			}
		}
		if after := w.read(id); after.Version != 4 {
			w.Errorf("looking moved the commitment: %+v, before %s", after, before)
		}
		first := w.Want(200, "PUT", sheet, "", object{"code": w.code(number), "answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}})
		if first.Get("commitment", "state") != "disputed" || first.Get("commitment", "deliveries", 0, "via") != "bast" || fmt.Sprint(first.Get("commitment", "allowed")) != "[]" {
			w.Errorf("answer %s", first.Body)
		}
		if !w.letter(id, aid.LetterStewardReceipt) || !w.letter(id, aid.LetterOfficeDispute) {
			w.Error("want the steward asked and the office told")
		}
		again := w.Want(200, "PUT", sheet, "", object{"code": w.code(number), "answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}})
		if again.Body != first.Body {
			w.Errorf("again: %s; want %s", again.Body, first.Body)
		}
		// Single use: even while the two sides differ.
		w.Refused(409, "state", "PUT", sheet, "", object{"code": w.code(number), "answer": "full"})
		w.balanced(pasir)
	})
}

func TestSheetOfADeliveryThatNobodyReportedYetIsOneDelivery(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		number := id.BAST(1)
		answers := make([]webtest.Answer, 4)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = w.Send("PUT", "/v1/receipts/"+string(number), "", object{"code": w.code(number), "answer": "full"})
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a.Status != 200 || a.Body != answers[0].Body {
				w.Errorf("answered %d %s and %d %s", a.Status, a.Body, answers[0].Status, answers[0].Body)
			}
		}
		if c := w.read(id); len(c.Deliveries) != 1 || c.State != aid.Received || c.Deliveries[0].Via != aid.ViaBAST {
			w.Errorf("commitment %+v", c)
		}
		w.Refused(404, "not-found", "POST", "/v1/receipts/"+string(id.BAST(2)), "", object{"code": w.code(id.BAST(2))})
		w.balanced(pasir)
	})
}

func TestGuessesAtOnceAreNoMoreThanTheTriesOfASheet(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		number := id.BAST(1)
		sheet := "/v1/receipts/" + string(number)
		for range 8 { // whoever holds the sheet never runs out
			w.Want(200, "POST", sheet, "", object{"code": w.code(number)})
		}
		if got := w.Refused(422, "code", "POST", sheet, "", object{"code": w.wrongCode(number)}); got.Get("left") != 4.0 {
			w.Errorf("left %v; want 4", got.Get("left"))
		}
		var mu sync.Mutex
		compared := 1
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				got := w.Send("PUT", sheet, "", object{"code": w.wrongCode(number), "answer": "full"})
				mu.Lock()
				defer mu.Unlock()
				switch got.Slug() {
				case "code":
					compared++
				case "quota":
				default:
					w.Errorf("guess: %d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		if compared != 5 {
			w.Errorf("%d guesses were compared; want 5", compared)
		}
		w.Refused(429, "quota", "POST", sheet, "", object{"code": w.code(number)})
		w.pass(24 * time.Hour)
		w.Want(200, "POST", sheet, "", object{"code": w.code(number)})
		if c := w.read(id); c.Version != 3 {
			w.Errorf("a guess moved the commitment: %+v", c)
		}
	})
}

func TestOneNetworkMayNotTryEverySheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory(), nil)
	tried := 0
	for range 8 {
		id := w.pledge(pasir, 1, 0, siti)
		w.sign(id)
		for range triesPerSheet {
			if w.Send("POST", "/v1/receipts/"+string(id.BAST(1)), "", object{"code": w.wrongCode(id.BAST(1))}).Slug() == "code" {
				tried++
			}
		}
	}
	if tried != triesPerNetwork {
		t.Errorf("%d codes were compared for one network; want %d", tried, triesPerNetwork)
	}
	id := w.pledge(pasir, 1, 0, siti)
	w.sign(id)
	w.Source = "198.51.100.9"
	w.Want(200, "POST", "/v1/receipts/"+string(id.BAST(1)), "", object{"code": w.code(id.BAST(1))})
}

func TestUnknownSheetsAreNotFound(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		submitted := w.submit(pasir, 1, 0, siti)
		for _, number := range []string{"x", "BAST-7F3Q-21XA-1", string(id.BAST(2)), string(id.BAST(99)), string(submitted.BAST(1)), "BAST-7F3Q-21XA-0", id.Number()} {
			w.Refused(404, "not-found", "POST", "/v1/receipts/"+number, "", object{"code": "000000"})
			w.Refused(404, "not-found", "PUT", "/v1/receipts/"+number, "", object{"code": "000000", "answer": "full"})
		}
	})
}

func TestTwoReceiptsAtOnceAreOneAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 20, siti)
		w.sign(id)
		d := w.report(id, 4, 20)
		put := path(id) + "/receipts/" + string(d)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				secret := w.steward(pasir)
				if i%2 == 1 {
					secret = w.handover(id)
				}
				// The own link wins over the other, and the other finds nothing left to say.
				if got := w.Send("PUT", put, secret, object{"answer": "full"}); got.Status != 200 && got.Status != 409 && got.Status != 404 {
					w.Errorf("got %d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		if c := w.read(id); c.State != aid.Received || len(c.Deliveries) != 1 || c.Deliveries[0].Via != aid.ViaSteward {
			w.Errorf("commitment %+v; want it received by the steward's own word", c)
		}
		w.balanced(pasir)
	})
}

// The collaborator's report and the steward's receipt of the same goods meet:
// whichever comes second finds that it has been said.
func TestReportAndReceiptOfTheSameGoodsAreNotTwo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		for range 5 {
			id := w.pledge(pasir, 2, 0, siti)
			w.sign(id)
			var wg sync.WaitGroup
			wg.Go(func() {
				for {
					err := w.tries(id, aid.Report, w.reporting(aid.DeliveryID(webtest.UUID(w.T)), 2))
					if !errors.Is(err, aid.ErrStale) {
						return
					}
				}
			})
			wg.Go(func() {
				w.Send("PUT", path(id)+"/receipts/"+webtest.UUID(w.T), w.steward(pasir), object{"answer": "full"})
			})
			wg.Wait()
			if c := w.read(id); len(c.Deliveries) != 1 {
				w.Errorf("%d deliveries of the same goods", len(c.Deliveries))
			}
		}
		w.balanced(pasir)
	})
}
