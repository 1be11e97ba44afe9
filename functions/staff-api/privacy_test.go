package main

import (
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// The ledger is what everybody's files are made from: who of the staff did what,
// and why, is not in it, whatever they did.
func TestTheLedgerKnowsNobodyOfTheStaff(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.Tables(t, db)
	w := newWorld(t, table.New(db, ledger, private), func() string { return tabletest.Dump(t, db, ledger) })

	const officer, colleague, why = "kenari-petugas", "kenari-rekan", "kenari alasan"
	vera, wira := w.as(aid.StaffVerifier, officer), w.as(aid.StaffVerifier, colleague)
	id := w.pledge(pasir, 4, 0, siti)
	decide := func(by *world, decision string, takes object) {
		if takes == nil {
			takes = object{}
		}
		takes["reason"] = why
		by.decides(id, decision, takes)
	}
	vera.post(workPath(id)+"/assignment", object{"id": w.uuid(), "to": "me"})
	vera.post(workPath(id)+"/notes", object{"id": w.uuid(), "text": "kenari catatan"})
	vera.post(contactPath(id), object{"id": w.uuid(), "side": "collaborator", "reason": why})
	vera.post(contactPath(id), object{"id": w.uuid(), "side": "steward", "reason": why})
	decide(vera, "contacted", nil)
	decide(vera, "hide-name", nil)
	w.sign(id)
	d := w.report(id, 4)
	photo, scan := w.file(id, aid.EvidencePhoto, "foto"), w.file(id, aid.EvidenceBAST, "pindaian")
	vera.post(reviewPath(photo), object{"id": w.uuid(), "commitment": id, "decision": "approved", "reason": why})
	vera.post(reviewPath(scan), object{"id": w.uuid(), "commitment": id, "decision": "approved", "reason": why})
	decide(wira, "receipt", object{"delivery": d, "answer": "full", "evidence": []aid.EvidenceID{scan.ID}})
	proposal, body := w.proposing("receipt", id, 3)
	body.(object)["reason"] = why
	vera.Want(200, "PUT", proposal, "", body)
	wira.post(proposal+"/decision", object{"id": w.uuid(), "decision": "approve", "reason": why})

	kept := w.dump()
	for _, canary := range []string{"kenari", "Kenari", siti.Phone, siti.Email, dukuh.Phone, siti.Name} {
		if at := strings.Index(kept, canary); at >= 0 {
			t.Errorf("the ledger holds %q: …%s…", canary, kept[max(0, at-200):min(len(kept), at+200)])
		}
	}
	if !strings.Contains(tabletest.Dump(t, db, private), why) {
		t.Error("the trail does not say why: what is looked for would not be found")
	}
}
