package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/intake"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

const pasirList = "Kode;Nama\r\n34.71.01.1001.001;Padukuhan 001 Baru\r\n"

func announcement(id, list, name string, body []byte) object {
	sum := sha256.Sum256(body)
	return object{"id": id, "list": list, "name": name, "type": "text/csv", "length": len(body), "sha256": hex.EncodeToString(sum[:]), "reason": "survei lapangan"}
}

// brought stores an import as if its file had been read up to a state, with a
// plan of sixty changes.
func (w *world) brought(state aid.ImportState) aid.ListImport {
	w.Helper()
	i := aid.ListImport{
		ID: aid.ImportID(w.uuid()), Version: 1, List: "recipients", Name: "pasir.csv", Type: "text/csv", Length: 12, SHA256: strings.Repeat("0", 64),
		Reason: "survei", By: aid.Staff{ID: "penulis", Role: aid.StaffAssessor}, ByName: "Penulis", At: w.clock(), State: aid.ImportAwaited,
		Columns: []aid.ImportColumn{{Name: "Kode", Sample: []string{"34.71.01.1001.001"}, Field: "code"}, {Name: "Nama", Sample: []string{"Baru"}}},
	}
	put := func(before, after aid.ListImport, err error) aid.ListImport {
		w.Helper()
		if err == nil {
			err = w.store.PutListImport(w.Context(), before, after)
		}
		if err != nil {
			w.Fatal(err)
		}
		return after
	}
	i = put(aid.ListImport{}, i, nil)
	if state == aid.ImportMapping {
		after, err := i.Asked()
		return put(i, after, err)
	}
	after, err := i.Mapped(i.Columns, nil)
	i = put(i, after, err)
	if state == aid.ImportReading {
		return i
	}
	var plan bytes.Buffer
	for n := range 60 {
		fmt.Fprintf(&plan, `{"row":%d,"id":"34.71.01.1001.001","leaf":{},"name":"Padukuhan","differences":[{"field":"Nama","before":"","after":"%d"}]}`+"\n", n+2, n)
	}
	for path, body := range map[string][]byte{i.PlanPath(0): plan.Bytes(), i.ErrorsPath(): []byte("\ufeffbaris,kolom\r\n")} {
		if err := w.vault.Put(w.Context(), path, "text/plain", body); err != nil {
			w.Fatal(err)
		}
	}
	after, err = i.Planned()
	after.Parts, after.New, after.Errors = 1, 60, 1
	i = put(i, after, err)
	if state == aid.ImportPreview {
		return i
	}
	after, err = i.Confirmed(i.By, i.ByName, w.clock())
	i = put(i, after, err)
	if state == aid.ImportConfirmed {
		return i
	}
	after, err = i.Wrote(1, 0)
	return put(i, after, err)
}

// members returns the members of an answer.
func members(a webtest.Answer) map[string]any {
	var m map[string]any
	_ = json.Unmarshal([]byte(a.Body), &m) // what is no JSON has none
	return m
}

func TestAFileIsAnnouncedAndTakenOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		ani := w.as(aid.StaffAssessor, "ani")
		body := []byte(pasirList)
		asked := announcement(w.uuid(), "recipients", "pasir.csv", body)
		first := members(ani.post(importsPath, asked))
		again := members(ani.post(importsPath, asked))
		if first["id"] != asked["id"] || again["id"] != asked["id"] {
			w.Fatalf("%v, then %v", first, again)
		}
		headers := map[string]string{}
		for name, value := range again["headers"].(map[string]any) {
			headers[name] = value.(string)
		}
		if status := blobtest.Send(w, blob.Signed{URL: again["url"].(string), Headers: headers}, body, nil); status != 200 {
			w.Fatalf("upload: status %d", status)
		}
		if k, err := w.vault.Get(w.Context(), "imports/"+asked["id"].(string)+"/original", "", 1000); err != nil || !bytes.Equal(k.Body, body) {
			w.Errorf("%q, %v", k.Body, err)
		}
		got := members(ani.get(importsPath + "/" + asked["id"].(string)))
		if got["state"] != "awaited" || got["mine"] != true || got["by"].(map[string]any)["id"] != "ani" {
			w.Errorf("%v", got)
		}
		other := announcement(asked["id"].(string), "recipients", "lain.csv", []byte("lain"))
		ani.refused(409, "already-exists", "POST", importsPath, other)
		for member, value := range map[string]any{"length": aid.MaxImportBytes + 1, "sha256": "x", "type": "image/png", "name": "\u202e", "id": "x", "program": "tidak-ada"} {
			wrong := announcement(w.uuid(), "needs", "a.csv", body)
			wrong[member] = value
			ani.refused(422, "invalid", "POST", importsPath, wrong)
		}
	})
}

func TestWhoBroughtWhatConfirmedItAndWhyIsRecorded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		i := w.brought(aid.ImportPreview)
		path := importsPath + "/" + string(i.ID)
		ani := w.as(aid.StaffAssessor, "ani")
		got := members(ani.get(path))
		if got["pages"] != 2.0 || len(got["differences"].([]any)) != 50 || got["summary"].(map[string]any)["new"] != 60.0 {
			w.Fatalf("%v", got)
		}
		if second := members(ani.get(path + "?page=1")); len(second["differences"].([]any)) != 10 || second["differences"].([]any)[9].(map[string]any)["row"] != 61.0 {
			w.Errorf("%v", second["differences"])
		}
		confirmation := object{"id": w.uuid()}
		if got := members(ani.post(path+"/confirmation", confirmation)); got["state"] != "confirmed" || got["confirmedBy"].(map[string]any)["id"] != "ani" {
			w.Fatalf("%v", got)
		}
		ani.post(path+"/confirmation", confirmation)
		w.as(aid.StaffAdmin, "budi").refused(412, "stale", "POST", path+"/confirmation", object{"id": w.uuid()})
		ani.refused(412, "stale", "POST", path+"/undo", object{"id": w.uuid(), "reason": "salah berkas"})
		acts, _, err := w.store.Audit(w.Context(), table.AuditQuery{Object: "import/" + string(i.ID)}, "", 10)
		if err != nil || len(acts) != 1 || acts[0].By != "ani" || acts[0].Action != "confirm" || !strings.Contains(acts[0].After, `"new":60`) {
			w.Errorf("%+v, %v", acts, err)
		}
	})
}

func TestWhereMuchFallsWhoBroughtItCannotConfirm(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	i := w.brought(aid.ImportReading)
	after, err := i.Planned()
	after.NeedsSecond = true
	if err != nil || w.store.PutListImport(t.Context(), i, after) != nil {
		t.Fatal(err)
	}
	path := importsPath + "/" + string(i.ID) + "/confirmation"
	w.as(aid.StaffAssessor, "penulis").refused(403, "denied", "POST", path, object{"id": w.uuid()})
	if got := members(w.as(aid.StaffAssessor, "ani").post(path, object{"id": w.uuid()})); got["state"] != "confirmed" {
		t.Errorf("%v", got)
	}
}

func TestAMappingIsCheckedAndSaidOnce(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	i := w.brought(aid.ImportMapping)
	path := importsPath + "/" + string(i.ID) + "/mapping"
	ani := w.as(aid.StaffAssessor, "ani")
	for _, wrong := range []object{
		{"columns": object{"Nama": "name"}},                                                    // nobody says the code
		{"columns": object{"Kode": "code", "Nama": "code"}},                                    // twice
		{"columns": object{"Kode": "code", "Lain": "name"}},                                    // no such column
		{"columns": object{"Kode": "code", "Nama": "harga"}},                                   // no such field
		{"columns": object{"Kode": "code", "Nama": "name"}, "fixed": object{"phone": "08123"}}, // not for all rows
	} {
		wrong["id"] = w.uuid()
		ani.refused(422, "invalid", "POST", path, wrong)
	}
	said := object{"id": w.uuid(), "columns": object{"Kode": "code", "Nama": "name"}, "fixed": object{"kind": "padukuhan"}}
	first := members(ani.post(path, said))
	again := members(ani.post(path, said))
	if first["state"] != "reading" || again["state"] != "reading" || w.known(i.ID).Plan != 1 {
		t.Errorf("%v, then %v", first, again)
	}
	columns, fixed, found, err := w.store.ImportMapping(t.Context(), i.List, intake.HeaderKey([]string{"Kode", "Nama"}))
	if err != nil || !found || !slices.Equal(columns, []string{"code", "name"}) || fixed["kind"] != "padukuhan" {
		t.Errorf("remembered %v, %v, %v, %v", columns, fixed, found, err)
	}
}

func (w *world) known(id aid.ImportID) aid.ListImport {
	w.Helper()
	i, err := w.store.ListImport(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return i
}

func TestTemplatesHaveTheHeadersThatAreRead(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld(t)
	ani := w.as(aid.StaffAssessor, "ani")
	for _, list := range intake.Lists {
		fields := intake.FieldsOf(list, w.pack)
		for _, kind := range []string{"csv", "xlsx"} {
			body := []byte(ani.get("/v1/staff/templates/" + string(list) + "." + kind).Body)
			var headers []string
			if kind == "csv" {
				headers = strings.Split(strings.TrimSpace(strings.TrimPrefix(string(body), "\ufeff")), ";")
			} else {
				book, err := excelize.OpenReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				rows, err := book.GetRows("Data")
				if err != nil || len(rows) != 1 {
					t.Fatalf("%s: %d rows, %v", list, len(rows), err)
				}
				headers = rows[0]
			}
			guessed := intake.Guess(fields, headers)
			if slices.Contains(guessed, "") || len(headers) != len(fields) {
				t.Errorf("%s.%s: %q means %q", list, kind, headers, guessed)
			}
		}
	}
	ani.refused(404, "not-found", "GET", "/v1/staff/templates/officers.csv", nil)
}
