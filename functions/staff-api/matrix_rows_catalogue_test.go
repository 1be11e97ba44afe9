package main

import "ksbb/shared/aid"

// edits are the roles that change programmes and packages.
var edits = only(aid.StaffAdmin, aid.StaffAssessor)

var _ = addRows(map[string]row{
	"GET /v1/staff/programs":      {roles: everybody, elsewhere: 200, call: at("/v1/staff/programs")},
	"GET /v1/staff/programs/{id}": {roles: everybody, elsewhere: 200, call: at("/v1/staff/programs/benih")},
	"PUT /v1/staff/programs/{id}": {roles: edits, call: func(*world) (string, any) { return "/v1/staff/programs/benih", seeds(0) }},

	"GET /v1/staff/packages":      {roles: everybody, elsewhere: 200, call: at("/v1/staff/packages")},
	"GET /v1/staff/packages/{id}": {roles: everybody, elsewhere: 200, call: at("/v1/staff/packages/tangki")},
	"PUT /v1/staff/packages/{id}": {roles: edits, call: func(*world) (string, any) { return "/v1/staff/packages/tangki", tank(0) }},

	"GET /v1/staff/aggregators":      {roles: everybody, elsewhere: 200, call: at("/v1/staff/aggregators")},
	"GET /v1/staff/aggregators/{id}": {roles: everybody, elsewhere: 200, call: at("/v1/staff/aggregators/sukarelawan")},
	"PUT /v1/staff/aggregators/{id}": {roles: only(aid.StaffAdmin), call: func(*world) (string, any) {
		return "/v1/staff/aggregators/sukarelawan", permit(0, "2031-12-31")
	}},
	"POST /v1/staff/aggregators/{id}/freeze": {roles: only(aid.StaffAdmin), call: func(w *world) (string, any) {
		return "/v1/staff/aggregators/sukarelawan/freeze", w.freezing(true)
	}},

	"GET /v1/staff/pools": {roles: only(aid.StaffAggregator), elsewhere: 200, call: at("/v1/staff/pools")},
	"GET /v1/staff/pools/{id}": {roles: only(aid.StaffAggregator), call: func(w *world) (string, any) {
		return w.takes(poolOf(10)), nil
	}},
	// Whoever enters a pool enters their own aggregator's.
	"PUT /v1/staff/pools/{id}": {roles: only(aid.StaffAggregator), elsewhere: 200, call: func(w *world) (string, any) {
		return "/v1/staff/pools/" + w.uuid(), poolOf(10)
	}},
	"PUT /v1/staff/pools/{id}/parts/{commitment}": {roles: only(aid.StaffAggregator), call: func(w *world) (string, any) {
		return w.takes(poolOf(10)) + "/parts/" + w.uuid(), partOf(pasir, 4)
	}},
})
