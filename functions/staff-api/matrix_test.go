package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

// row says who gets what from one operation. Whoever is not named is denied.
type row struct {
	// call makes what the operation is about, in the kelurahan of pasir, and
	// returns how it is asked for: a path, perhaps with a query, and a body. It
	// leaves w as it was called with: everything it does is done by others.
	call func(w *world) (path string, body any)
	// roles get in, if nothing that they are limited to speaks against it.
	roles []aid.StaffRole
	// open is for operations that ask for no token at all.
	open bool
	// elsewhere is what the same roles are answered that are limited to another
	// kelurahan, or carry the promises of another aggregator: 404 when it is 0.
	// 200 stands for lists, of which they see their own part.
	elsewhere int
	// carried makes the object for the role aggregator, where call makes one that
	// is no promise of theirs.
	carried func(w *world) (path string, body any)
	// byAuthor is the same operation on an entry of the officer called "penulis",
	// whose role is that of author: nobody decides on their own.
	byAuthor func(w *world) (path string, body any)
	author   aid.StaffRole
	// taken is for a GET that leaves one record each time, of what was taken along.
	taken  bool
	status int // of success; 200 when it is 0
}

// matrix has one row for each operation of the function, by "METHOD /path" as the
// description spells it. Files named matrix_rows_*_test.go fill it.
var matrix = map[string]row{}

// addRows adds rows to the matrix. A second row for an operation is a mistake.
func addRows(rows map[string]row) bool {
	for operation, r := range rows {
		if _, twice := matrix[operation]; twice {
			panic("two rows for " + operation)
		}
		matrix[operation] = r
	}
	return true
}

// everybody is every role there is.
var everybody = aid.StaffRoles

// only lists roles.
func only(roles ...aid.StaffRole) []aid.StaffRole { return roles }

// operations returns every operation that the function describes, with whether it
// asks for a token.
func operations(w *world) map[string]bool {
	w.Helper()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(w.Send("GET", "/v1/openapi.json", "", nil).Body), &document); err != nil {
		w.Fatal(err)
	}
	all := map[string]bool{}
	for path, methods := range document.Paths {
		for method, described := range methods {
			var operation struct{ Security []map[string]any }
			if err := json.Unmarshal(described, &operation); err != nil {
				w.Fatal(err)
			}
			all[strings.ToUpper(method)+" "+path] = len(operation.Security) > 0
		}
	}
	return all
}

// TestEveryOperationHasARow is what makes the matrix complete: a new operation
// cannot be forgotten in it.
func TestEveryOperationHasARow(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	all := operations(w)
	for operation, secured := range all {
		r, ok := matrix[operation]
		if !ok {
			t.Errorf("%s has no row in the authorisation matrix", operation)
			continue
		}
		if r.open == secured {
			t.Errorf("%s: the description asks for a token: %t; the row says open: %t", operation, secured, r.open)
		}
	}
	for operation := range matrix {
		if _, ok := all[operation]; !ok {
			t.Errorf("%s has a row and is no operation", operation)
		}
	}
}

// own are the claims of a role without a limit to areas, except that a kelurahan
// is never without one.
func own(role aid.StaffRole, sub string) map[string]string {
	if role == aid.StaffKelurahan {
		return claims(role, sub, pasirArea)
	}
	return claims(role, sub)
}

// strangers are callers who are no staff at all, whatever they hold in hand.
func strangers() map[string]map[string]string {
	admin := claims(aid.StaffAdmin, "palsu")
	return map[string]map[string]string{
		"nobody":                      nil,
		"an id token":                 but(admin, "token_use", "id"),
		"a token of no use":           but(admin, "token_use", ""),
		"a token for another client":  but(admin, "client_id", "other"),
		"a token for no client":       but(admin, "client_id", ""),
		"a token of nobody":           but(admin, "sub", ""),
		"a token without a role":      but(admin, "role", ""),
		"a role that there is not":    but(admin, "role", "superadmin"),
		"areas that are none":         but(admin, "areas", "[31.74 x]"),
		"a kelurahan without area":    claims(aid.StaffKelurahan, "palsu"),
		"an aggregator of none":       but(claims(aid.StaffAggregator, "palsu"), "aggregator", ""),
		"a suspended admin":           claims(aid.StaffAdmin, suspended),
		"an admin who is limited now": claims(aid.StaffAdmin, moved),
		"an admin who is one no more": claims(aid.StaffAdmin, demoted),
	}
}

// plain is the body of a refusal that tells nothing but that it is one.
func plain(status int, path string) string {
	slug, title := "denied", "Not allowed"
	if status == http.StatusNotFound {
		slug, title = "not-found", "Not found"
	}
	path, _, _ = strings.Cut(path, "?")
	return fmt.Sprintf(`{"type":"/masalah/%s/","title":%q,"status":%d,"instance":%q}`+"\n", slug, title, status, path)
}

// visit is one call of the matrix that has to be refused.
type visit struct {
	who    string
	claims map[string]string
	status int
}

// refusals lists who is refused by a row, and how.
func (r row) refusals() []visit {
	var all []visit
	for who, said := range strangers() {
		all = append(all, visit{who, said, http.StatusForbidden})
	}
	for _, role := range aid.StaffRoles {
		if !slices.Contains(r.roles, role) {
			all = append(all, visit{string(role), own(role, "tamu"), http.StatusForbidden})
			if role != aid.StaffAggregator {
				all = append(all, visit{string(role) + " elsewhere", claims(role, "tamu", batuArea), http.StatusForbidden})
			}
			continue
		}
		if r.elsewhere == http.StatusOK {
			continue
		}
		status := http.StatusNotFound
		if r.elsewhere != 0 {
			status = r.elsewhere
		}
		if role == aid.StaffAggregator {
			all = append(all, visit{"another aggregator", but(own(role, "tamu"), "aggregator", "berhenti"), status})
			continue
		}
		all = append(all, visit{string(role) + " elsewhere", claims(role, "tamu", batuArea), status})
	}
	slices.SortFunc(all, func(a, b visit) int { return strings.Compare(a.who, b.who) })
	return all
}

// TestWhoMayNotIsToldNothingAndLeavesNothing calls every operation as everybody
// who may not, on a real engine too.
func TestWhoMayNotIsToldNothingAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *world{"memory": newMemoryWorld, "engine": newEngineWorld} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, operation := range slices.Sorted(maps.Keys(matrix)) {
				r := matrix[operation]
				if r.open {
					continue
				}
				method, _, _ := strings.Cut(operation, " ")
				t.Run(operation, func(t *testing.T) {
					w := open(t)
					w.officers()
					path, body := r.call(w)
					before := w.dump()
					for _, v := range r.refusals() {
						w.deny(v, method, path, body)
					}
					if after := w.dump(); after != before {
						t.Errorf("refused calls wrote:\n%s\nbefore\n%s", after, before)
					}
					if r.byAuthor != nil {
						path, body := r.byAuthor(w)
						before := w.dump()
						w.deny(visit{"the author", own(r.author, author), http.StatusNotFound}, method, path, body)
						if after := w.dump(); after != before {
							t.Errorf("deciding on one's own entry wrote:\n%s\nbefore\n%s", after, before)
						}
					}
				})
			}
		})
	}
}

// deny insists that a call is refused in a way that tells nothing.
func (w *world) deny(v visit, method, path string, body any) {
	w.Helper()
	got := w.As(v.claims).Send(method, path, "", body)
	if got.Status != v.status || got.Body != plain(v.status, path) {
		w.Errorf("%s %s by %s: %d %s; want %d and nothing more", method, path, v.who, got.Status, got.Body, v.status)
	}
}

// TestWhoMayGetsInAndIsRecorded calls every operation as everybody who may: what
// is no GET leaves exactly one record of who did it, and a GET leaves nothing, or
// one record where it takes a list along.
func TestWhoMayGetsInAndIsRecorded(t *testing.T) {
	t.Parallel()
	for _, operation := range slices.Sorted(maps.Keys(matrix)) {
		r := matrix[operation]
		method, _, _ := strings.Cut(operation, " ")
		roles := r.roles
		if r.open {
			roles = aid.StaffRoles
		}
		for _, role := range roles {
			t.Run(operation+"/"+string(role), func(t *testing.T) {
				t.Parallel()
				w := newMemoryWorld(t)
				w.officers()
				call := r.call
				if role == aid.StaffAggregator && r.carried != nil {
					call = r.carried
				}
				path, body := call(w)
				w.allow(own(role, "petugas"), r, method, path, body)
				if r.elsewhere != http.StatusOK || role == aid.StaffAggregator || role == aid.StaffKelurahan {
					return
				}
				// A list is open to those who are limited, too.
				path, body = call(w)
				w.allow(claims(role, "petugas", batuArea), r, method, path, body)
			})
		}
	}
}

// allow insists that a call succeeds and leaves one record, or none for a GET.
// Said again it leaves no second one, unless each time something is taken along.
func (w *world) allow(said map[string]string, r row, method, path string, body any) {
	w.Helper()
	want := max(r.status, http.StatusOK)
	before, records := w.dump(), w.records()
	first := w.As(said).Send(method, path, "", body)
	if first.Status != want {
		w.Errorf("%s %s by %s: %d %s; want %d", method, path, said["role"], first.Status, first.Body, want)
		return
	}
	if r.taken {
		if made := w.records() - records; made != 1 {
			w.Errorf("%s %s by %s left %d records; want 1", method, path, said["role"], made)
		}
		return
	}
	if method == http.MethodGet {
		if after := w.dump(); after != before {
			w.Errorf("%s %s changed\n%s to\n%s", method, path, before, after)
		}
		return
	}
	if made := w.records() - records; made != 1 {
		w.Errorf("%s %s by %s left %d records; want 1", method, path, said["role"], made)
	}
	again := w.As(said).Send(method, path, "", body)
	if again.Status != want {
		w.Errorf("%s %s again: %d %s; want %d as before", method, path, again.Status, again.Body, want)
	}
	if made := w.records() - records; made != 1 {
		w.Errorf("%s %s twice by %s left %d records; want 1", method, path, said["role"], made)
	}
}

// Officers whom the matrix knows by name.
const (
	author    = "penulis"
	suspended = "cuti"
	demoted   = "mantan"
	moved     = "pindah"
)
