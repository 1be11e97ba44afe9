package main

import (
	"crypto/sha256"
	"encoding/hex"

	"ksbb/shared/aid"
)

// decides are the roles that move commitments.
var decides = only(aid.StaffAdmin, aid.StaffVerifier, aid.StaffKelurahan, aid.StaffAggregator)

var _ = addRows(map[string]row{
	"GET /v1/staff/sign-in": {open: true, roles: everybody, call: at("/v1/staff/sign-in")},
	"GET /v1/staff/me":      {roles: everybody, elsewhere: 200, call: at("/v1/staff/me")},

	"GET /v1/staff/commitments": {roles: everybody, elsewhere: 200, call: at("/v1/staff/commitments?area=34.71.01")},
	"GET /v1/staff/commitments/{id}": {
		roles: everybody,
		call:  func(w *world) (string, any) { return commitmentPath(w.pledge(pasir, 2, 0, siti)), nil },
		carried: func(w *world) (string, any) {
			return commitmentPath(w.pledgeVia(sukarelawan, pasir, 2, siti)), nil
		},
	},
	"POST /v1/staff/commitments/{id}/decisions": {
		roles: decides,
		call:  func(w *world) (string, any) { return w.decision(w.pledge(pasir, 2, 0, siti), "contacted", nil) },
		carried: func(w *world) (string, any) {
			return w.decision(w.pledgeVia(sukarelawan, pasir, 2, siti), "contacted", nil)
		},
		author: aid.StaffVerifier,
		byAuthor: func(w *world) (string, any) {
			return w.decision(w.pledge(pasir, 1, 0, penulis), "contacted", nil)
		},
	},
	"POST /v1/staff/commitments/{id}/evidence": {
		roles: decides, status: 201,
		call: func(w *world) (string, any) { return w.bringing(w.pledge(pasir, 2, 0, siti), "bast", "pindaian") },
		carried: func(w *world) (string, any) {
			return w.bringing(w.pledgeVia(sukarelawan, pasir, 2, siti), "bast", "pindaian")
		},
		author: aid.StaffVerifier,
		byAuthor: func(w *world) (string, any) {
			return w.bringing(w.pledge(pasir, 1, 0, penulis), "bast", "pindaian")
		},
	},
	"POST /v1/staff/contacts/{commitment}": {
		roles: only(aid.StaffAdmin, aid.StaffVerifier, aid.StaffKelurahan, aid.StaffComplaints, aid.StaffAggregator),
		call:  func(w *world) (string, any) { return w.look(w.pledge(pasir, 2, 0, siti)) },
		carried: func(w *world) (string, any) {
			return w.look(w.pledgeVia(sukarelawan, pasir, 2, siti))
		},
	},
	"POST /v1/staff/evidence/{id}/review": {
		roles:  only(aid.StaffAdmin, aid.StaffVerifier),
		call:   func(w *world) (string, any) { return w.reviewing(w.pledge(pasir, 2, 0, siti)) },
		author: aid.StaffVerifier,
		byAuthor: func(w *world) (string, any) {
			return w.reviewing(w.pledge(pasir, 1, 0, penulis))
		},
	},

	"GET /v1/staff/queue":        {roles: everybody, elsewhere: 200, call: at("/v1/staff/queue?tab=new")},
	"GET /v1/staff/queue/counts": {roles: everybody, elsewhere: 200, call: at("/v1/staff/queue/counts")},
	"GET /v1/staff/work/{kind}/{id}": {
		roles: decides,
		call:  func(w *world) (string, any) { return workPath(w.pledge(pasir, 2, 0, siti)), nil },
		carried: func(w *world) (string, any) {
			return workPath(w.pledgeVia(sukarelawan, pasir, 2, siti)), nil
		},
	},
	"POST /v1/staff/work/{kind}/{id}/assignment": {
		roles: decides,
		call: func(w *world) (string, any) {
			return workPath(w.pledge(pasir, 2, 0, siti)) + "/assignment", object{"id": w.uuid(), "to": "me"}
		},
		carried: func(w *world) (string, any) {
			return workPath(w.pledgeVia(sukarelawan, pasir, 2, siti)) + "/assignment", object{"id": w.uuid(), "to": "me"}
		},
	},
	"POST /v1/staff/work/{kind}/{id}/notes": {
		roles: decides,
		call: func(w *world) (string, any) {
			return workPath(w.pledge(pasir, 2, 0, siti)) + "/notes", object{"id": w.uuid(), "text": "sudah ditelepon"}
		},
		carried: func(w *world) (string, any) {
			return workPath(w.pledgeVia(sukarelawan, pasir, 2, siti)) + "/notes", object{"id": w.uuid(), "text": "sudah ditelepon"}
		},
	},

	"GET /v1/staff/proposals": {roles: proposes, elsewhere: 200, call: at("/v1/staff/proposals")},
	"PUT /v1/staff/proposals/{id}": {
		roles: proposes,
		call: func(w *world) (string, any) {
			return w.proposing("receipt", w.received(pasir, 2), 1)
		},
	},
	"POST /v1/staff/proposals/{id}/decision": {
		roles: only(aid.StaffAdmin, aid.StaffVerifier),
		call: func(w *world) (string, any) {
			return w.proposed("usul") + "/decision", object{"id": w.uuid(), "decision": "approve", "reason": "cocok dengan BAST"}
		},
		author: aid.StaffVerifier,
		byAuthor: func(w *world) (string, any) {
			return w.proposed(author) + "/decision", object{"id": w.uuid(), "decision": "approve", "reason": "cocok dengan BAST"}
		},
	},

	"POST /v1/staff/reports/{period}": {
		roles: only(aid.StaffAdmin, aid.StaffAssessor),
		call: func(w *world) (string, any) {
			return "/v1/staff/reports/2025-08", object{"id": w.uuid(), "reason": "diminta inspektorat"}
		},
	},
})

// proposes are the roles that propose what needs two people.
var proposes = only(aid.StaffAdmin, aid.StaffAssessor, aid.StaffVerifier)

// penulis is the officer of that name as a private person.
var penulis = aid.Contact{Name: "Penulis Contoh", Phone: "+628110000077", Email: author + "@kantor.contoh.invalid"}

func workPath(id aid.CommitmentID) string { return "/v1/staff/work/commitment/" + string(id) }

// bringing is how leave to upload a file about a commitment is asked for.
func (w *world) bringing(id aid.CommitmentID, kind aid.EvidenceKind, content string) (path string, body any) {
	w.Helper()
	sum := sha256.Sum256([]byte(content))
	return commitmentPath(id) + "/evidence", object{
		"id": w.uuid(), "kind": kind, "type": "image/jpeg", "length": len(content), "sha256": hex.EncodeToString(sum[:]),
	}
}

// reviewing is how an approval of a file of a commitment is asked for.
func (w *world) reviewing(id aid.CommitmentID) (path string, body any) {
	w.Helper()
	e := w.file(id, aid.EvidenceBAST, "bast")
	return reviewPath(e), object{"id": w.uuid(), "commitment": id, "decision": "approved"}
}

// received is a commitment of n tangki that were all delivered and confirmed.
func (w *world) received(r aid.RecipientID, n int64) aid.CommitmentID {
	w.Helper()
	id := w.pledge(r, n, 0, siti)
	w.sign(id)
	w.answer(id, w.report(id, n), aid.Full)
	return id
}

// proposing is how it is proposed that a commitment's first delivery was n.
func (w *world) proposing(kind string, id aid.CommitmentID, n int64) (path string, body any) {
	w.Helper()
	return "/v1/staff/proposals/" + w.uuid(), object{
		"kind": kind, "object": "commitment/" + string(id), "reason": "salah hitung di lapangan",
		"change": object{"delivery": w.read(id).Deliveries[0].ID, "quantities": []int64{n}},
	}
}

// proposed is the path of a proposal that a verifier made.
func (w *world) proposed(by string) string {
	w.Helper()
	path, body := w.proposing("receipt", w.received(pasir, 2), 1)
	w.as(aid.StaffVerifier, by).Want(200, "PUT", path, "", body)
	return path
}

// look is how a contact is asked for.
func (w *world) look(id aid.CommitmentID) (path string, body any) {
	return contactPath(id), object{"id": w.uuid(), "side": "collaborator", "reason": "tidak bisa dihubungi"}
}

// at asks for a path and sends nothing.
func at(path string) func(*world) (string, any) {
	return func(*world) (string, any) { return path, nil }
}

func commitmentPath(id aid.CommitmentID) string { return "/v1/staff/commitments/" + string(id) }

// decision is how a decision about a commitment is asked for, as it stands now,
// with what else it takes.
func (w *world) decision(id aid.CommitmentID, decision string, takes object) (path string, body any) {
	w.Helper()
	b := object{"id": w.uuid(), "version": w.read(id).Version, "decision": decision, "reason": "ditelepon kedua pihak"}
	for name, v := range takes {
		b[name] = v
	}
	return commitmentPath(id) + "/decisions", b
}
