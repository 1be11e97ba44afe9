package main

import (
	"errors"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

var noon = time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)

func TestOnlyTheFirstAdministratorComesInThisWay(t *testing.T) {
	t.Parallel()
	s, ctx := table.NewMemory(), t.Context()
	if err := letIn(ctx, s, "ani", "Ani", "request-1", noon); err != nil {
		t.Fatal(err)
	}
	got, err := s.Officer(ctx, "ani")
	if err != nil || got.Role != aid.StaffAdmin || got.Name != "Ani" || got.Version != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	acts, _, err := s.Audit(ctx, table.AuditQuery{Object: "officer/ani"}, "", 10)
	if err != nil || len(acts) != 1 || acts[0].By != "ani" || acts[0].Action != "first-admin" {
		t.Errorf("the trail says %+v, %v", acts, err)
	}
	if err := letIn(ctx, s, "budi", "Budi", "request-2", noon); !errors.Is(err, aid.ErrExists) {
		t.Errorf("a second administrator: got %v", err)
	}
	if _, err := s.Officer(ctx, "budi"); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("the second has an account: %v", err)
	}
}

// When every administrator is suspended, somebody has to be able to come back;
// but not by taking over an account that an administrator closed.
func TestASuspendedAdministratorLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s, ctx := table.NewMemory(), t.Context()
	gone := aid.Account{Staff: aid.Staff{ID: "ani", Role: aid.StaffAdmin}, Name: "Ani", Suspended: true, Version: 1, ChangedAt: noon}
	if err := s.PutOfficer(ctx, aid.Account{}, gone); err != nil {
		t.Fatal(err)
	}
	if err := letIn(ctx, s, "ani", "Ani", "request-1", noon); !errors.Is(err, aid.ErrExists) {
		t.Errorf("the suspended one again: got %v", err)
	}
	if err := letIn(ctx, s, "budi", "Budi", "request-2", noon); err != nil {
		t.Errorf("another: %v", err)
	}
}

func TestWrongUseWritesNothing(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"-sub", "x"}, {"-name", "x"}, {"-sub", "x", "-name", " "}, {"-sub", "x", "-name", "y", "z"}, {"-what"}} {
		if err := run(t.Context(), args, func(string) string { return "" }); err == nil {
			t.Errorf("%v was understood", args)
		}
	}
}
