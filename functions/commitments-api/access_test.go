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
	anyone bool // asks for no secret
}

// rows has one row for each route of the OpenAPI document, about a commitment of
// which d was reported and the steward confirmed fewer, and e was announced.
func rows(w *world, s submitted, d string, e aid.EvidenceID) map[string]row {
	const one = "/v1/commitments/{id}"
	return map[string]row{
		"GET /v1/challenge":                                   {path: "/v1/challenge", anyone: true},
		"POST /v1/links":                                      {path: "/v1/links", body: object{"number": s.id.Number(), "email": "siti@contoh.invalid", "challenge": w.solve()}, anyone: true},
		"PUT " + one:                                          {path: "/v1/commitments/" + webtest.UUID(w.T), body: w.form(1), anyone: true},
		"GET " + one:                                          {path: s.path},
		"GET " + one + "/export":                              {path: s.path + "/export"},
		"POST " + one + "/verification":                       {path: s.path + "/verification", body: object{"code": w.code(s.id)}},
		"POST " + one + "/contact":                            {path: s.path + "/contact"},
		"POST " + one + "/contacted":                          {path: s.path + "/contacted"},
		"POST " + one + "/silence":                            {path: s.path + "/silence"},
		"POST " + one + "/renewal":                            {path: s.path + "/renewal"},
		"POST " + one + "/schedule":                           {path: s.path + "/schedule", body: object{"on": "2025-09-12"}},
		"POST " + one + "/signature":                          {path: s.path + "/signature", body: object{"signedBy": "Siti Contoh"}},
		"POST " + one + "/withdrawal":                         {path: s.path + "/withdrawal", body: object{"reason": "other"}},
		"PUT " + one + "/deliveries/{deliveryId}":             {path: s.path + "/deliveries/" + webtest.UUID(w.T), body: delivery(1)},
		"POST " + one + "/deliveries/{deliveryId}/settlement": {path: s.path + "/deliveries/" + d + "/settlement"},
		"POST " + one + "/evidence":                           {path: s.path + "/evidence", body: announcement(9)},
		"GET " + one + "/evidence/{evidenceId}":               {path: s.path + "/evidence/" + string(e)},
		"GET " + one + "/letter.pdf":                          {path: s.path + "/letter.pdf"},
		"GET " + one + "/bast.pdf":                            {path: s.path + "/bast.pdf"},
		"GET " + one + "/receipt.pdf":                         {path: s.path + "/receipt.pdf"},
		"POST " + one + "/reminders":                          {path: s.path + "/reminders", body: object{"wanted": false}},
		"POST " + one + "/erasure":                            {path: s.path + "/erasure"},
	}
}

// disputed is a commitment with something of everything.
func (w *world) disputed() (s submitted, d string, e aid.EvidenceID) {
	w.Helper()
	s = w.signed(4)
	d, e = w.report(s, 2), w.announce(s, 8, aid.EvidencePhoto)
	w.receives(s.id, d, aid.Fewer, 1)
	return s, d, e
}

// Every caller on every route: whoever has no right to it is answered as if
// there were nothing, and leaves nothing behind.
func TestOnlyTheSecretOpensARoute(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var document struct {
			Paths map[string]map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(w.Send("GET", "/v1/openapi.json", "", nil).Body), &document); err != nil {
			w.Fatal(err)
		}
		s, d, e := w.disputed()
		other := w.pledge(with(w.form(1), "collaborator.email", "lain@contoh.invalid"))
		erased := w.pledge(with(w.form(1), "collaborator.email", "ani@contoh.invalid"))
		w.Want(200, "POST", erased.path+"/erasure", erased.secret, nil)
		key, err := w.store.Key(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		handover, err := aid.HandoverSecret(key, s.id, 1)
		if err != nil {
			w.Fatal(err)
		}
		renewed, err := aid.Secret(key, s.id, 2)
		if err != nil {
			w.Fatal(err)
		}
		forged, err := aid.Secret([]byte("another key"), s.id, 1)
		if err != nil {
			w.Fatal(err)
		}
		denied := map[string]string{
			"none": "", "garbage": "garbage", "long garbage": strings.Repeat("A", 5000), "own with an ending": s.secret + "A", "own cut short": s.secret[1:],
			"another's": other.secret, "erased": erased.secret, "another version": renewed, "another key": forged,
			"handover": handover, "steward": aid.StewardSecret(key, pasir1, 1), "steward of another recipient": aid.StewardSecret(key, pasir2, 1),
			"code of the sheet": aid.BASTCode(key, s.id.BAST(1)),
		}
		all := rows(w, s, d, e)
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
				for who, secret := range denied {
					got := w.Refused(404, "not-found", strings.ToUpper(method), r.path, secret, r.body)
					if want := fmt.Sprintf(`{"type":"/masalah/not-found/","title":"Not found","status":404,"instance":%q}`+"\n", r.path); got.Body != want {
						w.Errorf("%s by %s answers %s; want %s, whatever the reason", name, who, got.Body, want)
					}
				}
				// One's own secret does not open what is another's.
				elsewhere := strings.Replace(r.path, s.path, other.path, 1)
				w.Refused(404, "not-found", strings.ToUpper(method), elsewhere, s.secret, r.body)
			}
		}
		if seen != len(all) {
			w.Errorf("%d routes for %d rows", seen, len(all))
		}
		if after := w.dump(); after != before {
			w.Errorf("denied calls wrote:\n%s\nbefore\n%s", after, before)
		}
		// The right one gets in, so that the denials above deny something: a state may
		// refuse the move, but not the caller.
		for name, r := range all {
			if r.anyone || strings.HasSuffix(name, "/erasure") {
				continue
			}
			method, _, _ := strings.Cut(name, " ")
			if got := w.Send(method, r.path, s.secret, r.body); got.Status != 200 && got.Status != 201 && got.Slug() != "state" {
				w.Errorf("%s by the right caller: %d %s", name, got.Status, got.Body)
			}
		}
		w.Want(200, "POST", s.path+"/erasure", s.secret, nil)
	})
}

// Mail scanners and previews follow every link, with GET and with HEAD.
func TestReadingWritesNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s, d, e := w.disputed()
		w.receives(s.id, d, aid.Fewer, 2) // corrected: two are received, two to come
		w.judge(s, e, aid.EvidenceAccepted, "")
		all := rows(w, s, d, e)
		before := w.dump()
		for name, r := range all {
			want := 405
			if _, readable := all["GET "+name[strings.Index(name, "/"):]]; readable {
				want = 200
			}
			if name == "PUT /v1/commitments/{id}" {
				want = 404 // nobody's yet
			}
			for _, method := range []string{"GET", "HEAD"} {
				if got := w.Send(method, r.path, s.secret, nil); got.Status != want {
					w.Errorf("%s %s: %d %s; want %d", method, r.path, got.Status, got.Body, want)
				}
			}
		}
		if after := w.dump(); after != before {
			w.Errorf("reading changed\n%s to\n%s", before, after)
		}
	})
}
