package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/web/webtest"
)

// row is one route as the right caller calls it.
type row struct {
	path   string
	body   any
	owner  bool // for the steward's own link only
	anyone bool // asks for no link
}

// rows has one row for each route of the OpenAPI document.
func rows(w *world, id aid.CommitmentID, d aid.DeliveryID) map[string]row {
	number := id.BAST(1)
	return map[string]row{
		"GET /v1/steward": {path: "/v1/steward"},
		"POST /v1/steward/commitments/{id}/contact":              {path: path(id) + "/contact"},
		"POST /v1/steward/commitments/{id}/contacted":            {path: path(id) + "/contacted"},
		"POST /v1/steward/needs/{id}/confirmation":               {path: "/v1/steward/needs/" + string(aid.NeedOf(pasir, "tangki")) + "/confirmation", body: object{"stillNeeded": false}, owner: true},
		"POST /v1/steward/contact":                               {path: "/v1/steward/contact", body: object{"paused": true}, owner: true},
		"PUT /v1/steward/plan":                                   {path: "/v1/steward/plan", body: object{"method": "need"}, owner: true},
		"PUT /v1/steward/commitments/{id}/receipts/{deliveryId}": {path: path(id) + "/receipts/" + string(d), body: object{"answer": "fewer", "lines": []object{{"line": 0, "quantity": 1}}}},
		"POST /v1/receipts/{bastNumber}":                         {path: "/v1/receipts/" + string(number), body: object{"code": w.code(number)}, anyone: true},
		"PUT /v1/receipts/{bastNumber}":                          {path: "/v1/receipts/" + string(number), body: object{"code": w.code(number), "answer": "full"}, anyone: true},
	}
}

// Every caller on every route: whoever has no right to it is answered as if
// there were nothing, and leaves nothing behind.
func TestOnlyTheRightLinkOpensARoute(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var document struct {
			Paths map[string]map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(w.Send("GET", "/v1/openapi.json", "", nil).Body), &document); err != nil {
			w.Fatal(err)
		}
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		d := w.report(id, 4)
		neighbour := w.pledge(pasir, 1, 0, siti) // at the same recipient
		elsewhere := w.pledge(batu, 1, 0, siti)
		answered := w.pledge(pasir, 1, 0, siti)
		w.sign(answered)
		w.Want(200, "PUT", path(answered)+"/receipts/"+string(w.report(answered, 1)), w.handover(answered), object{"answer": "full"})
		manage, err := aid.Secret(w.key, id, 1)
		if err != nil {
			w.Fatal(err)
		}
		own, nobodys := w.steward(pasir), aid.CommitmentID(webtest.UUID(w.T))
		denied := map[string]string{
			"none":                                "",
			"garbage":                             "s.garbage",
			"more garbage":                        strings.Repeat("h.", 500),
			"own with an ending":                  own + "A",
			"own cut short":                       own[:len(own)-1],
			"the other kind":                      "h" + own[1:],
			"collaborator":                        manage,
			"code of the sheet":                   w.code(id.BAST(1)),
			"steward of another recipient":        w.steward(batu),
			"replaced":                            aid.StewardSecret(w.key, pasir, 2),
			"another key":                         aid.StewardSecret([]byte("another"), pasir, 1),
			"handover of another":                 w.handover(elsewhere),
			"handover of a commitment that ended": w.handover(answered),
			"handover of nothing":                 w.handover(nobodys),
		}
		all := rows(w, id, d)
		before := w.dump()
		seen := 0
		for at, operations := range document.Paths {
			for method, described := range operations {
				name := strings.ToUpper(method) + " " + at
				r, ok := all[name]
				if !ok {
					w.Errorf("%s has no row", name)
					continue
				}
				seen++
				var operation struct{ Security []any }
				if err := json.Unmarshal(described, &operation); err != nil {
					w.Fatal(err)
				}
				if r.anyone != (len(operation.Security) == 0) {
					w.Errorf("%s: the document asks for %v", name, operation.Security)
				}
				if r.anyone {
					continue
				}
				callers := map[string]string{}
				for who, secret := range denied {
					callers[who] = secret
				}
				if r.owner {
					callers["handover"] = w.handover(id)
				}
				if strings.Contains(at, "/commitments/") {
					callers["handover of a neighbour"] = w.handover(neighbour)
				}
				for who, secret := range callers {
					// Some of these are right for something else, never for this.
					if at == "/v1/steward" && (who == "steward of another recipient" || who == "handover of another") {
						if got := w.Want(200, "GET", at, secret, nil); strings.Contains(got.Body, string(id)) {
							w.Errorf("%s by %s shows what is not theirs: %s", name, who, got.Body)
						}
						continue
					}
					if r.owner && who == "steward of another recipient" && !strings.Contains(at, "{id}") {
						continue // it acts on their own recipient
					}
					got := w.Refused(404, "not-found", strings.ToUpper(method), r.path, secret, r.body)
					if want := fmt.Sprintf(`{"type":"/masalah/not-found/","title":"Not found","status":404,"instance":%q}`+"\n", r.path); got.Body != want {
						w.Errorf("%s by %s answers %s; want %s, whatever the reason", name, who, got.Body, want)
					}
				}
			}
		}
		if seen != len(all) {
			w.Errorf("%d routes for %d rows", seen, len(all))
		}
		if after := w.dump(); after != before {
			w.Errorf("denied calls wrote:\n%s\nbefore\n%s", after, before)
		}
		// The right ones get in, so that the denials above deny something.
		for name, r := range all {
			if method, _, _ := strings.Cut(name, " "); r.owner {
				w.Want(200, method, r.path, own, r.body)
			}
		}
		for _, name := range []string{"GET /v1/steward", "POST /v1/steward/commitments/{id}/contact", "POST /v1/steward/commitments/{id}/contacted", "PUT /v1/steward/commitments/{id}/receipts/{deliveryId}"} {
			method, _, _ := strings.Cut(name, " ")
			w.Want(200, method, all[name].path, w.handover(id), all[name].body)
			w.Want(200, method, all[name].path, own, all[name].body)
		}
	})
}

// Mail scanners follow every link, with GET and with HEAD.
func TestNoGETChangesAnything(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		before := w.dump()
		for name, r := range rows(w, id, "x") {
			want := 405
			if strings.HasPrefix(name, "GET ") {
				want = 200
			}
			for _, method := range []string{"GET", "HEAD"} {
				if got := w.Send(method, r.path, w.steward(pasir), nil); got.Status != want {
					w.Errorf("%s %s: %d; want %d", method, r.path, got.Status, want)
				}
			}
		}
		if after := w.dump(); after != before {
			w.Errorf("reading changed\n%s to\n%s", before, after)
		}
	})
}
