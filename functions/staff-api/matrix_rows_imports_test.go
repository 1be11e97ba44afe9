package main

import "ksbb/shared/aid"

var importing = only(aid.StaffAdmin, aid.StaffAssessor)

var _ = addRows(map[string]row{
	"POST /v1/staff/recipients/imports": {roles: importing, elsewhere: 200, call: with(importsPath, func(w *world) object {
		return announcement(w.uuid(), "recipients", "pasir.csv", []byte(pasirList))
	})},
	"GET /v1/staff/recipients/imports": {roles: importing, elsewhere: 200, call: at(importsPath)},
	"GET /v1/staff/recipients/imports/{id}": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportPreview).ID), nil
	}},
	"GET /v1/staff/recipients/imports/{id}/errors.csv": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportPreview).ID) + "/errors.csv", nil
	}},
	"POST /v1/staff/recipients/imports/{id}/mapping": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportMapping).ID) + "/mapping", object{"id": w.uuid(), "columns": object{"Kode": "code", "Nama": "name"}}
	}},
	"POST /v1/staff/recipients/imports/{id}/confirmation": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportPreview).ID) + "/confirmation", object{"id": w.uuid()}
	}},
	"POST /v1/staff/recipients/imports/{id}/cancellation": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportPreview).ID) + "/cancellation", object{"id": w.uuid()}
	}},
	"POST /v1/staff/recipients/imports/{id}/undo": {roles: importing, call: func(w *world) (string, any) {
		return importsPath + "/" + string(w.brought(aid.ImportDone).ID) + "/undo", object{"id": w.uuid(), "reason": "salah berkas"}
	}},
	"GET /v1/staff/templates/{file}": {roles: importing, elsewhere: 200, call: at("/v1/staff/templates/needs.xlsx")},
})
