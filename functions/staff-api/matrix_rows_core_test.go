package main

import "ksbb/shared/aid"

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
			self := aid.Contact{Name: "Penulis Contoh", Phone: "+628110000077", Email: author + "@kantor.contoh.invalid"}
			return w.decision(w.pledge(pasir, 1, 0, self), "contacted", nil)
		},
	},
	"POST /v1/staff/contacts/{commitment}": {
		roles: only(aid.StaffAdmin, aid.StaffVerifier, aid.StaffKelurahan, aid.StaffComplaints, aid.StaffAggregator),
		call:  func(w *world) (string, any) { return w.look(w.pledge(pasir, 2, 0, siti)) },
		carried: func(w *world) (string, any) {
			return w.look(w.pledgeVia(sukarelawan, pasir, 2, siti))
		},
	},
})

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
