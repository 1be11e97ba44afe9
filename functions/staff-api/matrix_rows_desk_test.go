package main

import "ksbb/shared/aid"

// desks are the roles that complaints are with.
var complaintDesks = only(aid.StaffAdmin, aid.StaffComplaints, aid.StaffKelurahan)

// readers of ideas.
var ideaReaders = only(aid.StaffAdmin, aid.StaffComplaints)

var _ = addRows(map[string]row{
	"GET /v1/staff/complaints": {roles: complaintDesks, elsewhere: 200, call: at("/v1/staff/complaints")},
	"GET /v1/staff/complaints/{id}": {roles: complaintDesks, call: func(w *world) (string, any) {
		return complaintPath(w.complain(aid.About{})), nil
	}},
	"POST /v1/staff/complaints/{id}/reading": {roles: complaintDesks, call: func(w *world) (string, any) {
		return complaintPath(w.complain(aid.About{})) + "/reading", object{"id": w.uuid()}
	}},
	"POST /v1/staff/complaints/{id}/assignment": {roles: complaintDesks, call: func(w *world) (string, any) {
		return complaintPath(w.complain(aid.About{})) + "/assignment", object{"id": w.uuid(), "version": 1, "to": "me"}
	}},
	"POST /v1/staff/complaints/{id}/answers": {roles: complaintDesks, call: func(w *world) (string, any) {
		return complaintPath(w.complain(aid.About{})) + "/answers", object{"id": w.uuid(), "version": 1, "text": "sudah kami cek", "outcome": "explained"}
	}},
	"POST /v1/staff/complaints/{id}/closure": {roles: complaintDesks, call: func(w *world) (string, any) {
		return complaintPath(w.complain(aid.About{})) + "/closure", object{"id": w.uuid(), "version": 1, "outcome": "unfounded"}
	}},

	"GET /v1/staff/ideas":      {roles: ideaReaders, elsewhere: 200, call: at("/v1/staff/ideas")},
	"GET /v1/staff/ideas/{id}": {roles: ideaReaders, elsewhere: 200, call: func(w *world) (string, any) { return ideaPath(w.suggest()), nil }},
	"POST /v1/staff/ideas/{id}/reading": {roles: ideaReaders, elsewhere: 200, call: func(w *world) (string, any) {
		return ideaPath(w.suggest()) + "/reading", object{"id": w.uuid()}
	}},
	"POST /v1/staff/ideas/{id}/decision": {roles: ideaReaders, elsewhere: 200, call: func(w *world) (string, any) {
		return ideaPath(w.suggest()) + "/decision", object{"id": w.uuid(), "decision": "kept"}
	}},

	"GET /v1/staff/officers": {roles: only(aid.StaffAdmin), call: at("/v1/staff/officers")},
	"GET /v1/staff/officers/{sub}": {roles: only(aid.StaffAdmin), call: func(w *world) (string, any) {
		w.enrol("baru")
		return "/v1/staff/officers/baru", nil
	}},
	"PUT /v1/staff/officers/{sub}": {roles: only(aid.StaffAdmin), call: func(*world) (string, any) {
		return "/v1/staff/officers/baru", account(0, aid.StaffKelurahan, pasirArea)
	}},
	"GET /v1/staff/audit": {roles: only(aid.StaffAdmin), call: at("/v1/staff/audit")},
})
