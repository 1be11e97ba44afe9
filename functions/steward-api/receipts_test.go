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
		first := w.want(200, "PUT", put, w.steward(pasir), object{"answer": "full"})
		if first.get("commitments", 0, "state") != "received" || first.get("commitments", 0, "deliveries", 0, "via") != "steward" ||
			fmt.Sprint(first.get("commitments", 0, "deliveries", 0, "received")) != "[4 20]" {
			w.Errorf("answer %s", first.body)
		}
		if !w.letter(id, aid.LetterReceived) || w.letter(id, aid.LetterStewardReceipt) || w.letter(id, aid.LetterDisputed) {
			w.Error("want one letter, of thanks")
		}
		w.pass(time.Hour)
		if again := w.want(200, "PUT", put, w.steward(pasir), object{"answer": "full"}); again.body != first.body {
			w.Errorf("again: %s; want %s", again.body, first.body)
		}
		w.refused(409, "state", "PUT", put, w.steward(pasir), object{"answer": "none"})
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
		got := w.want(200, "PUT", put, w.steward(pasir), fewer)
		if got.get("commitments", 0, "state") != "disputed" || got.get("commitments", 0, "deliveries", 0, "open") != true ||
			got.get("commitments", 0, "lines", 1, "received") != 15.0 || got.get("commitments", 0, "lines", 1, "committed") != 5.0 {
			w.Errorf("fewer: %s", got.body)
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
			if got := w.send("PUT", put, w.steward(pasir), wrong); got.slug() != "invalid" {
				w.Errorf("%s: %d %s; want it invalid", name, got.status, got.body)
			}
		}
		got = w.want(200, "PUT", put, w.steward(pasir), object{"answer": "full"})
		if got.get("commitments", 0, "state") != "received" || got.get("commitments", 0, "deliveries", 0, "open") != false {
			w.Errorf("corrected: %s", got.body)
		}
		w.balanced(pasir)
	})
}

func TestReceiptMayComeBeforeAnyReport(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		own, put := w.steward(pasir), path(id)+"/receipts/"
		w.refused(409, "state", "PUT", put+newUUID(w.T), own, object{"answer": "full"}) // nothing is signed
		w.sign(id)
		w.refused(422, "invalid", "PUT", put+"x", own, object{"answer": "full"})
		w.refused(422, "invalid", "PUT", put+newUUID(w.T), own, object{"answer": "none"})
		w.refused(422, "invalid", "PUT", put+newUUID(w.T), own, object{"answer": "fewer", "lines": []object{{"line": 0, "quantity": 5}}})
		one := newUUID(w.T)
		part := object{"answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}}
		for range 2 {
			got := w.want(200, "PUT", put+one, own, part)
			if got.get("commitments", 0, "state") != "delivered" || got.get("commitments", 0, "deliveries", 0, "reportedBy") != "steward" ||
				got.get("commitments", 0, "deliveries", 1) != nil || got.get("commitments", 0, "lines", 0, "outstanding") != 1.0 {
				w.Errorf("part: %s", got.body)
			}
		}
		got := w.want(200, "PUT", put+newUUID(w.T), own, object{"answer": "full"})
		if got.get("commitments", 0, "state") != "received" || fmt.Sprint(got.get("commitments", 0, "deliveries", 1, "received")) != "[1]" {
			w.Errorf("rest: %s", got.body)
		}
		w.refused(409, "state", "PUT", put+newUUID(w.T), own, object{"answer": "full"})
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
		w.want(200, "PUT", put, link, object{"answer": "full"})
		if !w.letter(id, aid.LetterStewardReceipt) {
			w.Error("nobody asked the steward: was it you?")
		}
		w.want(200, "GET", "/v1/steward", link, nil) // three are still to come
		last := path(id) + "/receipts/" + string(w.report(id, 3))
		first := w.want(200, "PUT", last, link, object{"answer": "full"})
		if first.get("commitments", 0, "state") != "received" {
			w.Errorf("answer %s", first.body)
		}
		// The answer may be lost, so it is given again; nothing else is.
		if again := w.want(200, "PUT", last, link, object{"answer": "full"}); again.body != first.body {
			w.Errorf("again: %s", again.body)
		}
		w.refused(404, "not-found", "PUT", last, link, object{"answer": "none"})
		w.refused(404, "not-found", "PUT", path(id)+"/receipts/"+newUUID(w.T), link, object{"answer": "full"})
		w.refused(404, "not-found", "GET", "/v1/steward", link, nil)
		w.refused(404, "not-found", "POST", path(id)+"/contact", link, nil)
		w.refused(404, "not-found", "POST", path(id)+"/contacted", link, nil)
		w.balanced(pasir)
	})
}

func TestStewardOverridesWhatCameThroughOtherHands(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		put := path(id) + "/receipts/" + string(w.report(id, 4))
		w.want(200, "PUT", put, w.handover(id), object{"answer": "full"})
		got := w.want(200, "PUT", put, w.steward(pasir), object{"answer": "none"})
		if got.get("commitments", 0, "state") != "disputed" || got.get("commitments", 0, "deliveries", 0, "via") != "steward" {
			w.Errorf("answer %s", got.body)
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
		w.refused(404, "not-found", "POST", sheet, "", object{"code": w.code(number)}) // nothing is signed: there is no sheet
		w.sign(id)
		d := w.report(id, 4)
		before := w.dump()
		spelled := "/v1/receipts/" + strings.ToLower(strings.TrimPrefix(string(number), "BAST-"))
		for _, at := range []string{sheet, spelled} {
			got := w.want(200, "POST", at, "", object{"code": " " + strings.ToLower(w.code(number))})
			if got.get("commitment", "deliveries", 0, "id") != string(d) || fmt.Sprint(got.get("commitment", "allowed")) != "[receive]" ||
				got.get("recipient", "name") != "Padukuhan 001 Pasir" || strings.Contains(got.body, "081200") {
				w.Errorf("what is to be confirmed: %s", got.body)
			}
		}
		if after := w.read(id); after.Version != 4 {
			w.Errorf("looking moved the commitment: %+v, before %s", after, before)
		}
		first := w.want(200, "PUT", sheet, "", object{"code": w.code(number), "answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}})
		if first.get("commitment", "state") != "disputed" || first.get("commitment", "deliveries", 0, "via") != "bast" || fmt.Sprint(first.get("commitment", "allowed")) != "[]" {
			w.Errorf("answer %s", first.body)
		}
		if !w.letter(id, aid.LetterStewardReceipt) || !w.letter(id, aid.LetterOfficeDispute) {
			w.Error("want the steward asked and the office told")
		}
		again := w.want(200, "PUT", sheet, "", object{"code": w.code(number), "answer": "fewer", "lines": []object{{"line": 0, "quantity": 3}}})
		if again.body != first.body {
			w.Errorf("again: %s; want %s", again.body, first.body)
		}
		// Single use: even while the two sides differ.
		w.refused(409, "state", "PUT", sheet, "", object{"code": w.code(number), "answer": "full"})
		w.balanced(pasir)
	})
}

func TestSheetOfADeliveryThatNobodyReportedYetIsOneDelivery(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		number := id.BAST(1)
		answers := make([]answer, 4)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = w.send("PUT", "/v1/receipts/"+string(number), "", object{"code": w.code(number), "answer": "full"})
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a.status != 200 || a.body != answers[0].body {
				w.Errorf("answered %d %s and %d %s", a.status, a.body, answers[0].status, answers[0].body)
			}
		}
		if c := w.read(id); len(c.Deliveries) != 1 || c.State != aid.Received || c.Deliveries[0].Via != aid.ViaBAST {
			w.Errorf("commitment %+v", c)
		}
		w.refused(404, "not-found", "POST", "/v1/receipts/"+string(id.BAST(2)), "", object{"code": w.code(id.BAST(2))})
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
			w.want(200, "POST", sheet, "", object{"code": w.code(number)})
		}
		if got := w.refused(422, "code", "POST", sheet, "", object{"code": w.wrongCode(number)}); got.get("left") != 4.0 {
			w.Errorf("left %v; want 4", got.get("left"))
		}
		var mu sync.Mutex
		compared := 1
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				got := w.send("PUT", sheet, "", object{"code": w.wrongCode(number), "answer": "full"})
				mu.Lock()
				defer mu.Unlock()
				switch got.slug() {
				case "code":
					compared++
				case "quota":
				default:
					w.Errorf("guess: %d %s", got.status, got.body)
				}
			})
		}
		wg.Wait()
		if compared != 5 {
			w.Errorf("%d guesses were compared; want 5", compared)
		}
		w.refused(429, "quota", "POST", sheet, "", object{"code": w.code(number)})
		w.pass(24 * time.Hour)
		w.want(200, "POST", sheet, "", object{"code": w.code(number)})
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
			if w.send("POST", "/v1/receipts/"+string(id.BAST(1)), "", object{"code": w.wrongCode(id.BAST(1))}).slug() == "code" {
				tried++
			}
		}
	}
	if tried != triesPerNetwork {
		t.Errorf("%d codes were compared for one network; want %d", tried, triesPerNetwork)
	}
	id := w.pledge(pasir, 1, 0, siti)
	w.sign(id)
	w.source = "198.51.100.9"
	w.want(200, "POST", "/v1/receipts/"+string(id.BAST(1)), "", object{"code": w.code(id.BAST(1))})
}

func TestUnknownSheetsAreNotFound(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		submitted := w.submit(pasir, 1, 0, siti)
		for _, number := range []string{"x", "BAST-7F3Q-21XA-1", string(id.BAST(2)), string(id.BAST(99)), string(submitted.BAST(1)), "BAST-7F3Q-21XA-0", id.Number()} {
			w.refused(404, "not-found", "POST", "/v1/receipts/"+number, "", object{"code": "000000"})
			w.refused(404, "not-found", "PUT", "/v1/receipts/"+number, "", object{"code": "000000", "answer": "full"})
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
				if got := w.send("PUT", put, secret, object{"answer": "full"}); got.status != 200 && got.status != 409 && got.status != 404 {
					w.Errorf("got %d %s", got.status, got.body)
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
					err := w.tries(id, aid.Report, w.reporting(aid.DeliveryID(newUUID(w.T)), 2))
					if !errors.Is(err, aid.ErrStale) {
						return
					}
				}
			})
			wg.Go(func() {
				w.send("PUT", path(id)+"/receipts/"+newUUID(w.T), w.steward(pasir), object{"answer": "full"})
			})
			wg.Wait()
			if c := w.read(id); len(c.Deliveries) != 1 {
				w.Errorf("%d deliveries of the same goods", len(c.Deliveries))
			}
		}
		w.balanced(pasir)
	})
}
