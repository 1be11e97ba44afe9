package main

import (
	"strings"
	"testing"

	"ksbb/shared/aid"
)

func contactPath(id aid.CommitmentID) string { return "/v1/staff/contacts/" + string(id) }

func TestAContactIsShownWithAReasonAndBothSidesAreTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 2, 0, siti)
		officer := w.as(aid.StaffKelurahan, "lurah", pasirArea)
		officer.refused(422, "invalid", "POST", contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": ""})

		got := officer.post(contactPath(id), object{"id": w.uuid(), "side": "collaborator", "reason": "tidak bisa dihubungi"})
		if got.Text("phone") != siti.Phone || got.Text("name") != siti.Name {
			t.Errorf("the collaborator's contact is %s", got.Body)
		}
		got = officer.post(contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": "tidak bisa dihubungi"})
		if got.Text("phone") != dukuh.Phone {
			t.Errorf("the steward's contact is %s", got.Body)
		}
		atCollaborator, err := w.store.LooksAtCollaborator(w.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		atSteward, err := w.store.LooksAtSteward(w.Context(), pasir)
		if err != nil {
			t.Fatal(err)
		}
		if len(atCollaborator) != 1 || atCollaborator[0].By != aid.Officer || len(atSteward) != 1 || atSteward[0].By != aid.Officer {
			t.Errorf("who saw whom: %v and %v; want an officer each", atCollaborator, atSteward)
		}
		acts := w.acts()
		if len(acts) != 2 || acts[0].Reason != "tidak bisa dihubungi" || acts[0].By != "lurah" {
			t.Errorf("the trail is %+v; want two looks by lurah, with their reason", acts)
		}
		for _, a := range acts {
			if told := a.Before + a.After; strings.Contains(told, siti.Phone) || strings.Contains(told, dukuh.Phone) {
				t.Errorf("the trail keeps the contact: %s", told)
			}
		}
	})
}

func TestAnOfficerIsShownSoManyContactsADay(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	id := w.pledge(pasir, 2, 0, siti)
	officer := w.as(aid.StaffVerifier, "vera")
	first := object{"id": w.uuid(), "side": "steward", "reason": "cek penerima"}
	officer.post(contactPath(id), first)
	for range contactsPerDay - 1 {
		officer.post(contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": "cek penerima"})
	}
	before := w.dump()
	if got := officer.refused(429, "quota", "POST", contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": "cek penerima"}); got.Text("budget") != "officer" {
		t.Errorf("the budget is %q", got.Text("budget"))
	}
	if w.dump() != before {
		t.Error("a refused look left something")
	}
	// What was shown is shown again to whoever lost the answer; another officer has a
	// share of their own.
	officer.post(contactPath(id), first)
	w.as(aid.StaffVerifier, "wira").post(contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": "cek penerima"})
}
