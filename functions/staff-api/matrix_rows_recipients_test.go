package main

import "ksbb/shared/aid"

// keepers are the roles that keep the list of recipients, and asking those that
// ask for needs in the field.
var (
	keepers = only(aid.StaffAdmin, aid.StaffAssessor)
	asking  = only(aid.StaffAdmin, aid.StaffAssessor, aid.StaffKelurahan)
	readers = only(aid.StaffAdmin, aid.StaffAssessor, aid.StaffVerifier, aid.StaffKelurahan, aid.StaffComplaints)
)

const pasirPath = "/v1/staff/recipients/" + string(pasir)

var _ = addRows(map[string]row{
	"GET /v1/staff/recipients":      {roles: readers, elsewhere: 200, call: at("/v1/staff/recipients")},
	"GET /v1/staff/recipients/{id}": {roles: readers, call: at(pasirPath)},
	"PUT /v1/staff/recipients/{id}": {roles: keepers, call: with(pasirPath, func(*world) object { return pasirBody(1) })},
	"POST /v1/staff/recipients/{id}/closure": {roles: keepers, call: with(pasirPath+"/closure", func(w *world) object {
		w.agreed()
		return object{"id": w.uuid(), "version": 1, "closed": true, "reason": "sudah pindah"}
	})},
	"POST /v1/staff/recipients/{id}/merge": {roles: keepers, call: with(pasirPath+"/merge", func(w *world) object {
		w.list(pasirTwin, 1)
		w.agreed()
		return object{"id": w.uuid(), "version": 1, "into": pasirTwin, "reason": "tercatat dua kali"}
	})},
	"PUT /v1/staff/recipients/{id}/needs/{package}": {roles: keepers, call: with(pasirPath+"/needs/tangki", func(*world) object {
		return object{"version": 1, "needed": 12, "confirmedOn": "2025-09-09", "source": "survei", "reason": "survei"}
	})},
	"POST /v1/staff/needs/{id}/confirmation": {roles: asking, call: with("/v1/staff/needs/"+string(aid.NeedOf(pasir, "tangki"))+"/confirmation", func(w *world) object {
		return object{"id": w.uuid(), "still": true}
	})},
	"POST /v1/staff/recipients/{id}/steward-link": {roles: asking, call: with(pasirPath+"/steward-link", func(w *world) object {
		return object{"id": w.uuid(), "reason": "ganti dukuh"}
	})},
	"POST /v1/staff/recipients/{id}/asks": {roles: asking, call: with(pasirPath+"/asks", func(w *world) object {
		return object{"id": w.uuid()}
	})},
})

// with asks for a path and sends what body makes.
func with(path string, body func(*world) object) func(*world) (string, any) {
	return func(w *world) (string, any) { return path, body(w) }
}

var _ = addRows(map[string]row{
	"GET /v1/staff/exports/{file}": {roles: readers, elsewhere: 200, taken: true, call: at("/v1/staff/exports/recipients.csv")},
})
