package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ksbb/shared/aid"
	"ksbb/shared/report"
)

// taken returns the rows of a CSV file by the names of its columns.
func (w *world) taken(path string) []map[string]string {
	w.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.get(path).Body, "\ufeff"))).ReadAll()
	if err != nil {
		w.Fatal(err)
	}
	rows := []map[string]string{}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestListsAreTakenAlong(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 2, siti)
		w.pledgeVia(sukarelawan, batu, 3, siti)
		assessor := w.as(aid.StaffAssessor, "pendata")
		rows := assessor.taken("/v1/staff/exports/recipients.csv")
		if len(rows) != 2 || rows[0]["recipient_id"] != string(pasir) || rows[0]["steward_name"] != "Dukuh Contoh" || rows[0]["version"] != "1" || rows[0]["lat"] != "-7.785" {
			w.Errorf("recipients: %v", rows)
		}
		if rows := assessor.taken("/v1/staff/exports/needs.csv?area=" + string(batuArea)); len(rows) != 1 || rows[0]["needed"] != "10" || rows[0]["committed"] != "3" {
			w.Errorf("needs of batu: %v", rows)
		}
		if rows := assessor.taken("/v1/staff/exports/recipients.csv?q=batu"); len(rows) != 1 || rows[0]["recipient_id"] != string(batu) {
			w.Errorf("recipients called batu: %v", rows)
		}
		rows = assessor.taken("/v1/staff/exports/commitments.csv")
		if len(rows) != 3 || rows[0]["commitment_number"] != id.Number() && rows[0]["number"] != id.Number() {
			w.Errorf("commitments: %v", rows)
		}
		if rows := w.as(aid.StaffAggregator, "mitra").taken("/v1/staff/exports/commitments.csv"); len(rows) != 1 || rows[0]["recipient_id"] != string(batu) {
			w.Errorf("commitments of the aggregator: %v", rows)
		}
		if rows := w.as(aid.StaffKelurahan, "lurah", batuArea).taken("/v1/staff/exports/commitments.csv"); len(rows) != 1 || rows[0]["recipient_id"] != string(batu) {
			w.Errorf("commitments of batu: %v", rows)
		}
		if rows := assessor.taken("/v1/staff/exports/aggregators.csv"); len(rows) != len(w.pack.Aggregators) {
			w.Errorf("aggregators: %v", rows)
		}
		if rows := w.as(aid.StaffComplaints, "aduan").taken("/v1/staff/exports/complaints.csv"); len(rows) != 0 {
			w.Errorf("complaints: %v", rows)
		}
		assessor.put(pasirPath, pasirBody(1))
		w.officers()
		admin := w.as(aid.StaffAdmin, "kepala")
		if rows := admin.taken("/v1/staff/exports/audit.csv?object=recipient/" + string(pasir)); len(rows) != 1 || rows[0]["officer"] != "pendata" || rows[0]["reason"] != "survei lapangan" || rows[0]["object"] != "recipient/"+string(pasir) {
			w.Errorf("audit: %v", rows)
		}
		// Who took which list along is in the trail; what was searched for is not.
		rows = admin.taken("/v1/staff/exports/audit.csv?object=list/recipients")
		if len(rows) != 2 || rows[0]["officer"] != "pendata" || rows[0]["action"] != "export" || strings.Contains(fmt.Sprint(rows), "batu") {
			w.Errorf("lists of recipients that were taken: %v", rows)
		}
		if rows := admin.taken("/v1/staff/exports/audit.csv?day=2025-09-09"); len(rows) != 0 {
			w.Errorf("audit of the day before: %v", rows)
		}
		if rows := admin.taken("/v1/staff/exports/officers.csv"); len(rows) != 3 || rows[0]["suspended"] != "true" {
			w.Errorf("officers: %v", rows)
		}
		for _, list := range []string{"recipients", "needs", "commitments", "audit", "officers", "complaints"} {
			if body := admin.get("/v1/staff/exports/" + list + ".csv").Body; strings.Contains(body, dukuh.Phone[3:]) || strings.Contains(body, dukuh.Email) || strings.Contains(body, siti.Phone[3:]) || strings.Contains(body, siti.Email) {
				w.Errorf("%s holds a contact: %s", list, body)
			}
		}
	})
}

func TestListsAreOnlyForWhoReadsThem(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	roles := map[string][]aid.StaffRole{
		"recipients": readers, "needs": readers, "commitments": everybody, "complaints": only(aid.StaffAdmin, aid.StaffComplaints, aid.StaffKelurahan),
		"aggregators": everybody, "audit": only(aid.StaffAdmin), "officers": only(aid.StaffAdmin),
	}
	for _, list := range exportable {
		for _, role := range everybody {
			for _, ending := range []string{"csv", "xlsx"} {
				want := 403
				if slices.Contains(roles[list.name], role) {
					want = 200
				}
				got := w.As(own(role, "petugas")).Send("GET", "/v1/staff/exports/"+list.name+"."+ending, "", nil)
				if got.Status != want {
					t.Errorf("%s.%s for %s: %d; want %d", list.name, ending, role, got.Status, want)
				}
			}
		}
	}
	w.as(aid.StaffAdmin, "kepala").refused(404, "not-found", "GET", "/v1/staff/exports/secrets.csv", nil)
	w.as(aid.StaffAdmin, "kepala").refused(404, "not-found", "GET", "/v1/staff/exports/audit.pdf", nil)
	w.as(aid.StaffAdmin, "kepala").refused(422, "invalid", "GET", "/v1/staff/exports/audit.csv?day=kemarin", nil)
}

// What somebody typed must not run on the machine of whoever opens the list.
func TestNoCellOfAListIsAFormula(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	assessor := w.as(aid.StaffAssessor, "pendata")
	hostile := []string{
		`=HYPERLINK("https://jahat.example","klik")`, "+62 atau lebih", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", `"=1+1"`, "'=1+1", "a;=1+1", `ya ";" =1+1`,
	}
	for i, words := range hostile {
		assessor.put(pasirPath, w.changed(w.changed(pasirBody(int64(i+1)), "name", words), "address", words))
		body := assessor.get("/v1/staff/exports/recipients.csv?bom=true").Body
		if !strings.HasPrefix(body, "\ufeffrecipient_id,") {
			t.Fatalf("no byte order mark: %.40q", body)
		}
		for _, separator := range []rune{',', ';', '\t'} {
			in := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
			in.Comma, in.LazyQuotes, in.FieldsPerRecord = separator, true, -1
			records, err := in.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, cells := range records[1:] {
				for _, cell := range cells {
					if cell = strings.TrimLeft(cell, " \"\u00a0"); cell != "" && strings.ContainsRune("=+@＝＋－＠\t\r", []rune(cell)[0]) {
						t.Errorf("%q between %q: a spreadsheet would run %q", words, separator, cell)
					}
				}
			}
		}
		if rows := assessor.taken("/v1/staff/exports/recipients.csv"); report.Unguard(rows[0]["recipient_name"]) != words {
			t.Errorf("%q came as %q", words, rows[0]["recipient_name"])
		}
		book, err := excelize.OpenReader(strings.NewReader(assessor.get("/v1/staff/exports/recipients.xlsx").Body))
		if err != nil {
			t.Fatal(err)
		}
		name, err := book.GetCellValue("Penerima", "B2")
		if err != nil || name != words {
			t.Errorf("%q came as %q in the workbook, %v", words, name, err)
		}
		if formula, err := book.GetCellFormula("Penerima", "B2"); err != nil || formula != "" {
			t.Errorf("%q is the formula %q, %v", words, formula, err)
		}
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestListThatIsTooLargeLiesReady(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	var all []aid.Listing
	for n := range 12_000 {
		id := aid.RecipientID(fmt.Sprintf("34.71.01.1001-puskesmas-%d", n+1))
		all = append(all, aid.Listing{Recipient: aid.Recipient{
			ID: id, Name: strings.Repeat("nama yang panjang ", 6), Kind: "puskesmas", Area: pasirArea, Address: strings.Repeat("jalan yang panjang ", 10),
			Point: aid.Point{Lng: 110.36, Lat: -7.785}, Steward: "Kepala Contoh",
		}})
	}
	if err := w.store.Load(t.Context(), all, w.pack.Catalogue(), w.clock()); err != nil {
		t.Fatal(err)
	}
	got := w.as(aid.StaffAssessor, "pendata").get("/v1/staff/exports/recipients.csv")
	answer, err := http.Get(got.Text("url"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("what lies ready: %d, %v", answer.StatusCode, err)
	}
	if lines := bytes.Count(body, []byte("\r\n")); lines != 12_003 || len(body) <= mostAnswered {
		t.Errorf("%d lines in %d bytes; want 12,003 in more than %d", lines, len(body), mostAnswered)
	}
}
