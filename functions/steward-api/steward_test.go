package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
)

func TestStewardSeesWhoComesWithWhat(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.submit(pasir, 1, 0, siti) // nobody's business yet
		first := w.pledge(pasir, 4, 20, siti)
		w.pass(time.Hour)
		second := w.pledge(pasir, 1, 0, aid.Contact{Name: "Umar Contoh", Email: "umar@contoh.invalid", Phone: "+6281200000001"})
		got := w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil)
		if got.Get("scope") != "recipient" || got.Get("recipient", "name") != "Padukuhan 001 Pasir" || got.Get("recipient", "households") != 40.0 || got.Get("paused") != false {
			w.Errorf("answer %s", got.Body)
		}
		if got.Get("commitments", 0, "id") != string(second) || got.Get("commitments", 1, "id") != string(first) || got.Get("commitments", 2) != nil {
			w.Errorf("commitments of %s; want the two that are pledged, the newest first", got.Body)
		}
		if fmt.Sprint(got.Get("commitments", 1, "allowed")) != "[contact contacted]" || got.Get("commitments", 1, "lines", 1, "name") != "Galon" || got.Get("commitments", 1, "lines", 1, "package") != "galon" ||
			got.Get("commitments", 1, "lines", 1, "outstanding") != 20.0 || got.Get("commitments", 1, "programName") != "Air Bersih" {
			w.Errorf("first commitment %v", got.Get("commitments", 1))
		}
		if strings.Contains(got.Body, "081200") || strings.Contains(got.Body, "contoh.invalid") {
			w.Errorf("contacts without asking: %s", got.Body)
		}
		// 24 of 100 galon and 5 of 10 tangki for 40 households.
		if got.Get("planWanted") != true || got.Get("needs", 1, "committed") != 5.0 || got.Get("needs", 1, "remaining") != 5.0 ||
			got.Get("needs", 1, "stale") != true || got.Get("needs", 0, "stale") != false {
			w.Errorf("needs %v, plan wanted %v", got.Get("needs"), got.Get("planWanted"))
		}

		one := w.Want(200, "GET", "/v1/steward", w.handover(first), nil)
		if one.Get("scope") != "commitment" || one.Get("commitments", 0, "id") != string(first) || one.Get("commitments", 1) != nil ||
			fmt.Sprint(one.Get("needs")) != "[]" || fmt.Sprint(one.Get("seen")) != "[]" {
			w.Errorf("handed over: %s; want one commitment and nothing else", one.Body)
		}
	})
}

func TestCollaboratorsContactIsShownOnAskingAndWrittenDown(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 1, 0, siti)
		want := `{"name":"Siti Contoh","phone":"+6281200000000","email":"siti@contoh.invalid","demo":false}`
		for _, secret := range []string{w.steward(pasir), w.handover(id)} {
			w.pass(time.Minute)
			if got := w.Want(200, "POST", path(id)+"/contact", secret, nil); strings.TrimSpace(got.Body) != want {
				w.Errorf("contact %s; want %s", got.Body, want)
			}
		}
		looks, err := w.store.LooksAtCollaborator(w.Context(), id)
		if err != nil || len(looks) != 2 || looks[0].By != aid.Steward {
			w.Errorf("looks %+v, %v; want both", looks, err)
		}
		w.does(id, aid.Withdraw, func(c aid.Commitment) (aid.Commitment, error) {
			return c.WithdrawnFor("other", aid.Collaborator, w.clock(), w.pack.Catalogue())
		})
		w.Refused(409, "state", "POST", path(id)+"/contact", w.steward(pasir), nil)
		if looks, _ := w.store.LooksAtCollaborator(w.Context(), id); len(looks) != 2 {
			w.Errorf("looks %+v; a refusal shows nothing", looks)
		}
	})
}

func TestForgottenContactCanNoLongerBeShown(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 1, 0, siti)
		w.sign(id)
		w.report(id, 1)
		w.does(id, aid.Forget, func(c aid.Commitment) (aid.Commitment, error) {
			return c.Forgotten(aid.Collaborator, w.clock(), w.pack.Catalogue())
		})
		got := w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil)
		if got.Get("commitments", 0, "displayName") != aid.HambaAllah || fmt.Sprint(got.Get("commitments", 0, "allowed")) != "[receive]" {
			w.Errorf("answer %s; want no name and no contact, and a receipt still", got.Body)
		}
		w.Refused(409, "state", "POST", path(id)+"/contact", w.steward(pasir), nil)
	})
}

func TestEitherSideStopsTheClockOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 1, 0, siti)
		w.pass(time.Hour)
		first := w.Want(200, "POST", path(id)+"/contacted", w.handover(id), nil)
		if first.Get("commitments", 0, "state") != "contacted" || first.Get("commitments", 0, "contactedAt") != "2025-09-10T05:00:00Z" {
			w.Errorf("answer %s", first.Body)
		}
		w.pass(time.Hour)
		again := w.Want(200, "POST", path(id)+"/contacted", w.steward(pasir), nil)
		if again.Get("commitments", 0, "contactedAt") != "2025-09-10T05:00:00Z" || w.read(id).Version != 3 {
			w.Errorf("again: %s; want the first instant", again.Body)
		}
		w.balanced(pasir)
	})
}

func TestReplacedLinkOpensNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil)
		if err := w.store.ReplaceLink(w.Context(), pasir, 2); err != nil {
			w.Fatal(err)
		}
		w.Refused(404, "not-found", "GET", "/v1/steward", w.steward(pasir), nil)
		w.Want(200, "GET", "/v1/steward", aid.StewardSecret(w.key, pasir, 2), nil)
	})
}

func TestNeedIsConfirmedOrSaidToBeEnough(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		w.pledge(pasir, 4, 0, siti)
		need := "/v1/steward/needs/" + string(aid.NeedOf(pasir, "tangki")) + "/confirmation"
		for range 2 {
			got := w.Want(200, "POST", need, w.steward(pasir), object{"stillNeeded": true})
			if got.Get("needs", 1, "confirmedOn") != "2025-09-10" || got.Get("needs", 1, "stale") != false || got.Get("needs", 1, "remaining") != 6.0 {
				w.Errorf("still needed: %v", got.Get("needs", 1))
			}
		}
		for range 2 {
			got := w.Want(200, "POST", need, w.steward(pasir), object{"stillNeeded": false})
			if got.Get("needs", 1, "needed") != 4.0 || got.Get("needs", 1, "remaining") != 0.0 || got.Get("needs", 1, "committed") != 4.0 {
				w.Errorf("enough: %v; want what is promised kept and nothing more asked for", got.Get("needs", 1))
			}
		}
		w.Refused(404, "not-found", "POST", "/v1/steward/needs/"+string(aid.NeedOf(batu, "tangki"))+"/confirmation", w.steward(pasir), object{"stillNeeded": false})
		w.Refused(422, "invalid", "POST", need, w.steward(pasir), object{})
		place, _, err := w.store.Place(w.Context(), pasir)
		if err != nil || place.Needs[1].ConfirmedBy != "Dukuh" {
			w.Errorf("confirmed by %q, %v; want an office, never a name", place.Needs[1].ConfirmedBy, err)
		}
	})
}

func TestStewardPausesAndPlans(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		own := w.steward(pasir)
		for _, paused := range []bool{true, true, false} {
			if got := w.Want(200, "POST", "/v1/steward/contact", own, object{"paused": paused}); got.Get("paused") != paused {
				w.Errorf("paused %v: %s", paused, got.Body)
			}
			if a, err := w.store.Access(w.Context(), pasir); err != nil || a.Paused != paused {
				w.Errorf("stored %+v, %v", a, err)
			}
		}
		w.Want(200, "PUT", "/v1/steward/plan", own, object{"method": "turns"})
		w.pass(24 * time.Hour)
		got := w.Want(200, "PUT", "/v1/steward/plan", own, object{"method": "turns"})
		if got.Get("plan", "method") != "turns" || got.Get("plan", "on") != "2025-09-10" {
			w.Errorf("plan %v; want the day it was first said", got.Get("plan"))
		}
		if got := w.Want(200, "PUT", "/v1/steward/plan", own, object{"method": "kitchen"}); got.Get("plan", "on") != "2025-09-11" {
			w.Errorf("another plan: %v", got.Get("plan"))
		}
		w.Refused(422, "invalid", "PUT", "/v1/steward/plan", own, object{"method": "lottery"})
	})
}

func TestWhatWasReceivedIsShownForAWhile(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		done := w.pledge(pasir, 1, 0, siti)
		w.sign(done)
		w.report(done, 1)
		open := w.pledge(pasir, 2, 0, siti)
		w.Want(200, "PUT", path(done)+"/receipts/"+string(w.read(done).Deliveries[0].ID), w.steward(pasir), object{"answer": "full"})
		got := w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil)
		if got.Get("commitments", 0, "id") != string(open) || got.Get("commitments", 1, "id") != string(done) {
			w.Errorf("answer %s; want what is open before what is done", got.Body)
		}
		w.pass(91 * 24 * time.Hour)
		if got := w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil); got.Get("commitments", 0, "id") != string(open) || got.Get("commitments", 1) != nil {
			w.Errorf("after 91 days: %s", got.Body)
		}
	})
}

func TestStewardSeesWhoSawTheirContact(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 1, 0, siti)
		if err := w.store.Reveal(w.Context(), revealOf(w, id)); err != nil {
			w.Fatal(err)
		}
		got := w.Want(200, "GET", "/v1/steward", w.steward(pasir), nil)
		if got.Get("seen", 0, "number") != id.Number() || got.Get("seen", 0, "at") != "2025-09-10T04:00:00Z" {
			w.Errorf("seen %v", got.Get("seen"))
		}
	})
}
