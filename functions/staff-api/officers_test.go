package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// account is what somebody is to be.
func account(version int64, role aid.StaffRole, areas ...area.Code) object {
	if areas == nil {
		areas = []area.Code{}
	}
	return object{"version": version, "name": "Baru Contoh", "role": role, "areas": areas, "suspended": false, "reason": "mulai bertugas"}
}

// enrol makes an account.
func (w *world) enrol(id aid.OfficerID) { w.enrolAs(id, aid.StaffKelurahan, pasirArea) }

func (w *world) enrolAs(id aid.OfficerID, role aid.StaffRole, areas ...area.Code) {
	w.Helper()
	before, _ := w.store.Officer(w.Context(), id)
	after := aid.Account{Staff: aid.Staff{ID: id, Role: role, Areas: areas}, Name: string(id) + " Contoh", Version: before.Version + 1, ChangedAt: w.clock()}
	if err := w.store.PutOfficer(w.Context(), before, after); err != nil {
		w.Fatal(err)
	}
}

func TestAnAccountHoldsWithTheNextCall(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		admin, officer := w.as(aid.StaffAdmin, "ani"), w.as(aid.StaffKelurahan, "baru", pasirArea)
		got := admin.put("/v1/staff/officers/baru", account(0, aid.StaffKelurahan, pasirArea))
		if version(got) != 1 {
			t.Errorf("enrolled: %s", got.Body)
		}
		officer.get("/v1/staff/complaints")
		w.pass(time.Minute)
		leave := account(1, aid.StaffKelurahan, pasirArea)
		leave["suspended"] = true
		admin.put("/v1/staff/officers/baru", leave)
		admin.put("/v1/staff/officers/baru", leave) // the answer was lost
		officer.refused(403, "denied", "GET", "/v1/staff/complaints", nil)
		w.pass(time.Minute)
		admin.refused(412, "stale", "PUT", "/v1/staff/officers/baru", account(1, aid.StaffVerifier))
		admin.put("/v1/staff/officers/baru", account(2, aid.StaffVerifier))
		officer.refused(403, "denied", "GET", "/v1/staff/complaints", nil) // the token still says kelurahan
		acts := w.acts()
		if len(acts) != 3 || !strings.Contains(acts[1].Before, `"suspended":false`) || !strings.Contains(acts[1].After, `"suspended":true`) || acts[1].Reason == "" {
			t.Errorf("the trail: %+v", acts)
		}
		if list := items(admin.get("/v1/staff/officers")); len(list) != 1 || list[0]["role"] != "verifier" {
			t.Errorf("officers: %v", list)
		}
	})
}

func TestWhoIsSuspendedIsSignedOut(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		admin, vera := w.as(aid.StaffAdmin, "ani"), w.as(aid.StaffVerifier, "vera")
		id := w.pledge(pasir, 2, 0, siti)
		admin.put("/v1/staff/officers/vera", account(0, aid.StaffVerifier))
		vera.get(commitmentPath(id))
		leave := account(1, aid.StaffVerifier)
		leave["suspended"] = true
		// The provider does not answer: here it holds all the same, and the same
		// request asks again.
		w.door.err = errors.New("the pool does not answer")
		admin.refused(500, "fault", "PUT", "/v1/staff/officers/vera", leave)
		vera.refused(403, "denied", "GET", commitmentPath(id), nil)
		path, body := w.decision(id, "contacted", nil)
		vera.refused(403, "denied", "POST", path, body)
		w.door.err = nil
		admin.put("/v1/staff/officers/vera", leave)
		w.pass(time.Minute)
		admin.put("/v1/staff/officers/vera", account(2, aid.StaffVerifier))
		admin.put("/v1/staff/officers/vera", account(3, aid.StaffVerifier, pasirArea))
		if want := []string{"close vera", "close vera", "reopen vera"}; !slices.Equal(w.door.asked, want) {
			t.Errorf("the provider was asked to %q; want %q", w.door.asked, want)
		}
		if c := w.read(id); c.State != aid.Pledged || w.records() != 4 {
			t.Errorf("the promise is %s, with %d records", c.State, w.records())
		}
	})
}

func TestNobodyChangesTheirOwnAccount(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	before := w.dump()
	w.as(aid.StaffAdmin, "ani").refused(403, "denied", "PUT", "/v1/staff/officers/ani", account(0, aid.StaffAdmin))
	if w.dump() != before {
		t.Error("a denied change left something")
	}
}

func TestAnAccountIsLimitedAsItsRoleWants(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	admin := w.as(aid.StaffAdmin, "ani")
	partner := account(0, aid.StaffAggregator)
	partner["aggregator"] = "tidak-ada"
	borrowed := account(0, aid.StaffVerifier)
	borrowed["aggregator"] = string(sukarelawan)
	for name, wrong := range map[string]object{
		"a kelurahan of nowhere":           account(0, aid.StaffKelurahan),
		"a kelurahan of a kecamatan":       account(0, aid.StaffKelurahan, "34.71.01"),
		"an area that is none":             account(0, aid.StaffVerifier, "99.99"),
		"an aggregator that is none":       partner,
		"a verifier of an aggregator":      borrowed,
		"an aggregator that has none":      account(0, aid.StaffAggregator),
		"an aggregator limited to an area": account(0, aid.StaffAggregator, pasirArea),
		"a role that is none":              account(0, "raja"),
	} {
		if got := admin.Send("PUT", "/v1/staff/officers/baru", "", wrong); got.Status != 422 {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	if len(items(admin.get("/v1/staff/officers"))) != 0 {
		t.Error("something of it was stored")
	}
}

// An auditor can tell afterwards who did what, and nobody else can look.
func TestTheTrailIsFoundByThingOfficerAndDay(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.complain(aid.About{})
		w.as(aid.StaffKelurahan, "lurah", pasirArea).post(complaintPath(id)+"/assignment", object{"id": w.uuid(), "version": 1, "to": "me"})
		w.pass(48 * time.Hour)
		admin := w.as(aid.StaffAdmin, "ani")
		admin.put("/v1/staff/officers/baru", account(0, aid.StaffKelurahan, pasirArea))
		for query, want := range map[string]string{
			"":                                "put assign",
			"?object=complaint/" + string(id): "assign",
			"?officer=ani":                    "put",
			"?deed=officers.edit":             "put",
			"?day=2025-09-10":                 "assign",
			"?day=2025-09-12":                 "put",
			"?day=2025-09-11":                 "",
			"?object=complaint/" + string(id) + "&officer=ani": "",
		} {
			page := admin.get("/v1/staff/audit" + query)
			var actions []string
			for _, a := range items(page) {
				actions = append(actions, a["action"].(string))
			}
			if got := strings.Join(actions, " "); got != want {
				t.Errorf("%q: %q; want %q", query, got, want)
			}
		}
		page := admin.get("/v1/staff/audit?limit=1")
		if next := admin.get("/v1/staff/audit?limit=1&cursor=" + page.Text("next")); len(items(next)) != 1 || items(next)[0]["action"] != "assign" {
			t.Errorf("the second page: %s", next.Body)
		}
		admin.refused(422, "invalid", "GET", "/v1/staff/audit?day=kemarin", nil)
		w.as(aid.StaffVerifier, "vera").refused(403, "denied", "GET", "/v1/staff/audit", nil)
		w.as(aid.StaffAdmin, "setempat", pasirArea).refused(404, "not-found", "GET", "/v1/staff/audit", nil)
	})
}
