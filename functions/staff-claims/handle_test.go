package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// accounts are those that there are; an ID that begins with "broken" fails.
type accounts map[aid.OfficerID]aid.Account

var errTable = errors.New("the table is away")

func (a accounts) Officer(_ context.Context, id aid.OfficerID) (aid.Account, error) {
	if id == "broken" {
		return aid.Account{}, errTable
	}
	found, ok := a[id]
	if !ok {
		return aid.Account{}, aid.ErrNotFound
	}
	return found, nil
}

func world() *server {
	account := func(id aid.OfficerID, role aid.StaffRole, change func(*aid.Account)) aid.Account {
		a := aid.Account{Staff: aid.Staff{ID: id, Role: role}, Name: "Contoh " + string(id), Version: 1}
		change(&a)
		return a
	}
	all := accounts{}
	for _, a := range []aid.Account{
		account("admin", aid.StaffAdmin, func(*aid.Account) {}),
		account("lurah", aid.StaffKelurahan, func(a *aid.Account) { a.Areas = []area.Code{"31.74.01.1001", "31.74.01.1002"} }),
		account("mitra", aid.StaffAggregator, func(a *aid.Account) { a.Aggregator = "pmi-dki" }),
		account("pergi", aid.StaffAdmin, func(a *aid.Account) { a.Suspended = true }),
		account("jauh", aid.StaffVerifier, func(a *aid.Account) { a.Areas = []area.Code{"32.01"} }),
	} {
		all[a.ID] = a
	}
	return &server{accounts: all, known: func(code area.Code) bool { return area.Code("31").Contains(code) }}
}

// event is what a pool sends, as its documentation shows it.
func event(t *testing.T, sub string) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/ask.json")
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	e["request"].(map[string]any)["userAttributes"].(map[string]any)["sub"] = sub
	return e
}

// ask sends an event through JSON, as the pool does.
func ask(t *testing.T, s *server, e map[string]any) (map[string]any, error) {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var in asked
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	out, err := s.handle(t.Context(), in)
	if err != nil {
		return nil, err
	}
	if text, err = json.Marshal(out); err != nil {
		t.Fatal(err)
	}
	var answered map[string]any
	if err := json.Unmarshal(text, &answered); err != nil {
		t.Fatal(err)
	}
	return answered, nil
}

func TestATokenSaysWhatTheAccountSays(t *testing.T) {
	t.Parallel()
	for sub, want := range map[string]map[string]any{
		"admin": {"role": "admin", "name": "Contoh admin", "email": "contoh@example.com"},
		"lurah": {"role": "kelurahan", "name": "Contoh lurah", "email": "contoh@example.com", "areas": []any{"31.74.01.1001", "31.74.01.1002"}},
		"mitra": {"role": "aggregator", "name": "Contoh mitra", "email": "contoh@example.com", "aggregator": "pmi-dki"},
		"pergi": {}, "jauh": {}, "siapa": {},
	} {
		e := event(t, sub)
		got, err := ask(t, world(), e)
		if err != nil {
			t.Fatalf("%s: %v", sub, err)
		}
		wanted := map[string]any{"claimsAndScopeOverrideDetails": map[string]any{"accessTokenGeneration": map[string]any{"claimsToAddOrOverride": want}}}
		if diff := cmp.Diff(wanted, got["response"]); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", sub, diff)
		}
		// The pool wants its question back as it was.
		for _, member := range []string{"version", "triggerSource", "region", "userPoolId", "userName", "callerContext"} {
			if diff := cmp.Diff(e[member], got[member]); diff != "" {
				t.Errorf("%s: %s changed (-sent +answered)\n%s", sub, member, diff)
			}
		}
	}
}

// A claim that somebody wrote into their own profile is none.
func TestAttributesOfThePoolGrantNothing(t *testing.T) {
	t.Parallel()
	e := event(t, "siapa")
	attributes := e["request"].(map[string]any)["userAttributes"].(map[string]any)
	attributes["role"], attributes["custom:role"], attributes["name"] = "admin", "admin", "admin"
	got, err := ask(t, world(), e)
	if err != nil {
		t.Fatal(err)
	}
	claims := got["response"].(map[string]any)["claimsAndScopeOverrideDetails"].(map[string]any)["accessTokenGeneration"].(map[string]any)["claimsToAddOrOverride"]
	if diff := cmp.Diff(map[string]any{}, claims); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNobodySignsInWhenTheAccountCannotBeRead(t *testing.T) {
	t.Parallel()
	if _, err := ask(t, world(), event(t, "broken")); !errors.Is(err, errTable) {
		t.Errorf("got %v, want %v", err, errTable)
	}
	if _, err := ask(t, world(), event(t, "")); err == nil {
		t.Error("a question about nobody was answered")
	}
}
