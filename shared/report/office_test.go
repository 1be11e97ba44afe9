package report_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
)

func TestOfficeTablesExplainEveryColumn(t *testing.T) {
	t.Parallel()
	for _, table := range report.OfficeTables {
		seen := map[string]bool{}
		for _, c := range table.Columns {
			if c.Name == "" || seen[c.Name] || !strings.HasPrefix(c.HXL, "#") || c.Label == "" || c.ID == "" || c.EN == "" || c.Type == "" {
				t.Errorf("%s: column %+v; want a name of its own, a tag, a type, a label and what it says", table.Name, c)
			}
			seen[c.Name] = true
		}
		for _, key := range table.Key {
			if !seen[key] {
				t.Errorf("%s has no column %s", table.Name, key)
			}
		}
	}
}

// Offices know where a coarsened institution is; what is published does not say.
func TestOfficeRowsAreExact(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	p := aid.Place{Recipient: aid.Recipient{
		ID: "34.71.01.1001-puskesmas-1", Name: "Puskesmas", Kind: "puskesmas", Area: "34.71.01.1001", Point: aid.Point{Lng: 110.3612345, Lat: -7.7812345},
		Address: "Jl. Rahasia 1", Steward: "Ibu Contoh", Into: "34.71.01.1001-puskesmas-2", Edits: 3, Closed: true,
	}}
	get := func(table report.Table, row []any, name string) any { return row[table.Column(name)] }
	public, office := report.RecipientRow(p, pack), report.OfficeRecipientRow(p, pack)
	if get(report.RecipientTable, public, "address") != nil || get(report.RecipientTable, public, "lat") == -7.781235 {
		t.Errorf("public row: %v; want it coarse", public)
	}
	for name, want := range map[string]any{
		"address": "Jl. Rahasia 1", "lat": -7.781235, "lon": 110.361235, "steward_name": "Ibu Contoh", "merged_into": "34.71.01.1001-puskesmas-2", "version": int64(4), "closed": true,
	} {
		if got := get(report.OfficeRecipientTable, office, name); got != want {
			t.Errorf("%s = %v; want %v", name, got, want)
		}
	}
}

func TestEveryOfficeRowFitsItsTable(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	at := time.Date(2025, 9, 10, 5, 0, 0, 0, time.UTC)
	rows := map[string][][]any{
		"complaints": {
			report.ComplaintRow(aid.Complaint{ID: "0198c0de-0000-7000-8000-000000000001", Class: "levy", State: aid.ComplaintReceived, ReceivedAt: at, DueBy: at}, pack),
			report.ComplaintRow(aid.Complaint{ID: "0198c0de-0000-7000-8000-000000000002", Class: "levy", State: aid.ComplaintClosed, Area: "34.71.01.1001", ReceivedAt: at, DueBy: at, ClosedAt: at, Outcome: aid.Forwarded}, pack),
		},
		"audit": {report.AuditRow(report.Act{ID: "x", At: at, By: "y", Role: "admin", Deed: "z", Action: "a", Object: "b"})},
		"officers": {
			report.OfficerRow(aid.Account{Staff: aid.Staff{ID: "x", Role: aid.StaffKelurahan, Areas: nil}}),
			report.OfficerRow(aid.Account{Staff: aid.Staff{ID: "y", Role: aid.StaffAdmin}, Name: "=Nama", Suspended: true, ChangedAt: at}),
		},
	}
	for _, a := range pack.Aggregators {
		rows["aggregators"] = append(rows["aggregators"], report.AggregatorRow(a, "2025-09-10"))
	}
	for name, all := range rows {
		i := slices.IndexFunc(report.OfficeTables, func(t report.Table) bool { return t.Name == name })
		var b bytes.Buffer
		w := report.NewList(&b, report.OfficeTables[i], true)
		for _, row := range all {
			if err := w.Row(row); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text, marked := strings.CutPrefix(b.String(), "\ufeff")
		records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if !marked || err != nil || len(records) != 1+len(all) || records[0][0] != report.OfficeTables[i].Columns[0].Name {
			t.Errorf("%s: %q, %v; want a mark, a header and %d rows", name, b.String(), err, len(all))
		}
	}
}
