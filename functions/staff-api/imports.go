package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/xuri/excelize/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob"
	"ksbb/shared/intake"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// importStore is the part of the tables that imports of lists use.
type importStore interface {
	ListImport(context.Context, aid.ImportID) (aid.ListImport, error)
	ListImports(ctx context.Context, limit int) ([]aid.ListImport, error)
	PutListImport(ctx context.Context, before, after aid.ListImport) error
	RememberMapping(ctx context.Context, list, headers string, columns []string, fixed map[string]string) error
}

const importsPath = "/v1/staff/recipients/imports"

func (s *server) registerImports(api huma.API) {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	huma.Register(api, huma.Operation{
		OperationID: "announceImport", Method: http.MethodPost, Path: importsPath,
		Summary:     "Announce a file with a list, and get the address to put it at",
		Description: "The address takes exactly this file, for five minutes. Nothing in the list is written before the import is confirmed.",
	}, s.announceImport)
	huma.Register(api, huma.Operation{
		OperationID: "listImports", Method: http.MethodGet, Path: importsPath,
		Summary: "The latest imports",
	}, s.listImports)
	huma.Register(api, huma.Operation{
		OperationID: "getImport", Method: http.MethodGet, Path: importsPath + "/{id}",
		Summary: "How far an import has come, and what it changes",
	}, s.getImport)
	huma.Register(api, huma.Operation{
		OperationID: "mapImport", Method: http.MethodPost, Path: importsPath + "/{id}/mapping",
		Summary: "Say which column of an import is what; it is remembered for files with the same headers",
	}, s.mapImport)
	huma.Register(api, huma.Operation{
		OperationID: "getImportErrors", Method: http.MethodGet, Path: importsPath + "/{id}/errors.csv",
		Summary: "Which rows of an import cannot be read, why, and how to mend them",
		Responses: map[string]*huma.Response{"200": {
			Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{"text/csv": {Schema: file}},
		}},
	}, s.importErrors)
	huma.Register(api, huma.Operation{
		OperationID: "confirmImport", Method: http.MethodPost, Path: importsPath + "/{id}/confirmation",
		Summary:     "Have the changes of an import made",
		Description: "Where more than a fifth of what a place needs would fall, whoever brought the list is denied: another officer has to confirm it.",
	}, s.confirmImport)
	huma.Register(api, huma.Operation{
		OperationID: "cancelImport", Method: http.MethodPost, Path: importsPath + "/{id}/cancellation",
		Summary: "Give an import up before it is confirmed",
	}, s.cancelImport)
	huma.Register(api, huma.Operation{
		OperationID: "undoImport", Method: http.MethodPost, Path: importsPath + "/{id}/undo",
		Summary: "Take back what an import wrote, as far as nobody changed it since",
	}, s.undoImport)
	huma.Register(api, huma.Operation{
		OperationID: "getTemplate", Method: http.MethodGet, Path: "/v1/staff/templates/{file}",
		Summary: "An empty list to fill in",
		Responses: map[string]*huma.Response{"200": {
			Description: http.StatusText(http.StatusOK),
			Content:     map[string]*huma.MediaType{"text/csv": {Schema: file}, xlsxType: {Schema: file}},
		}},
	}, s.template)
}

// Bodies.

type announceImportInput struct {
	Body struct {
		ID       string        `json:"id" maxLength:"64" doc:"UUIDv7, made before sending"`
		List     intake.List   `json:"list" enum:"recipients,needs,indicators,flags"`
		Program  aid.ProgramID `json:"program,omitempty" maxLength:"60" doc:"Takes only its packages, of a list of needs"`
		Name     string        `json:"name" maxLength:"400" doc:"Of the file"`
		Type     string        `json:"type" maxLength:"100" doc:"Media type"`
		Length   int64         `json:"length" doc:"Bytes"`
		SHA256   string        `json:"sha256" maxLength:"64" doc:"Hexadecimal"`
		Encoding string        `json:"encoding,omitempty" enum:"utf-8,utf-16le,utf-16be,windows-1252" doc:"Of a CSV, where it is not to be found out"`
		Reason   string        `json:"reason" minLength:"3" maxLength:"500" doc:"Where the data comes from; for colleagues and auditors only"`
	}
}

type announcedImport struct {
	Body struct {
		ID      aid.ImportID      `json:"id"`
		URL     string            `json:"url" doc:"Where to PUT the file"`
		Headers map[string]string `json:"headers" doc:"To be sent along as they are"`
		Expires time.Time         `json:"expires"`
	}
}

type importInput struct {
	ID   string `path:"id" maxLength:"64"`
	Page int    `query:"page" minimum:"0" maximum:"100000" doc:"Of the differences, from 0"`
}

type importFileInput struct {
	ID string `path:"id" maxLength:"64"`
}

type importActInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ID string `json:"id" maxLength:"64" doc:"UUIDv7, made before sending"`
	}
}

type importUndoInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ID     string `json:"id" maxLength:"64" doc:"UUIDv7, made before sending"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

type mapImportInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ID      string            `json:"id" maxLength:"64" doc:"UUIDv7, made before sending"`
		Columns map[string]string `json:"columns" doc:"Field by header; empty for none"`
		Fixed   map[string]string `json:"fixed,omitempty" doc:"Value for all rows, by field, where no column has it"`
	}
}

type importAnswer struct{ Body importBody }

type importsAnswer struct {
	Body struct {
		Items []importBody `json:"items" doc:"The latest first"`
	}
}

type importBody struct {
	ID          aid.ImportID       `json:"id"`
	List        string             `json:"list" enum:"recipients,needs,indicators,flags"`
	Program     aid.ProgramID      `json:"program,omitempty"`
	Name        string             `json:"name"`
	State       aid.ImportState    `json:"state" enum:"awaited,reading,mapping,preview,confirmed,writing,done,undone,refused,cancelled"`
	Problem     string             `json:"problem,omitempty" doc:"Why a file is not read, for people"`
	Format      string             `json:"format,omitempty" doc:"What the file was found to be, for people"`
	At          time.Time          `json:"at"`
	By          importOfficer      `json:"by"`
	Mine        bool               `json:"mine" doc:"The caller brought it"`
	Progress    importProgress     `json:"progress"`
	Columns     []importColumn     `json:"columns,omitempty"`
	Fields      []importField      `json:"fields,omitempty" doc:"What a column may be"`
	Fixed       map[string]string  `json:"fixed,omitempty"`
	Summary     *intake.Summary    `json:"summary,omitempty" doc:"Once its rows are compared"`
	Differences []importDifference `json:"differences,omitempty" doc:"One page of them"`
	Pages       int                `json:"pages,omitempty"`
	NeedsSecond bool               `json:"needsSecond" doc:"Much would fall: another officer has to confirm it"`
	ConfirmedBy *importOfficer     `json:"confirmedBy,omitempty"`
	ConfirmedAt *time.Time         `json:"confirmedAt,omitempty"`
	Undoing     bool               `json:"undoing" doc:"What is written is that it is taken back"`
	UndoneBy    *importOfficer     `json:"undoneBy,omitempty"`
	Skipped     int64              `json:"skipped" doc:"Changes not made, because somebody had changed what they are about"`
	Kept        int64              `json:"kept" doc:"Changes not taken back, because somebody has changed what they are about since"`
}

type importOfficer struct {
	ID   aid.OfficerID `json:"id"`
	Name string        `json:"name"`
}

type importProgress struct {
	Rows int64 `json:"rows"`
	Of   int64 `json:"of" doc:"0 while it is not known"`
}

type importColumn struct {
	Name   string   `json:"name" doc:"Its header"`
	Sample []string `json:"sample"`
	Field  string   `json:"field" doc:"Empty where it is none"`
}

type importField struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Fixable  bool   `json:"fixable" doc:"One value may stand for all rows"`
	About    string `json:"about,omitempty"`
}

type importDifference struct {
	Row     int                 `json:"row"`
	ID      aid.RecipientID     `json:"id"`
	Name    string              `json:"name"`
	Changes []intake.Difference `json:"changes"`
}

// Handlers.

// importTypes are the media types that browsers say of tables.
var importTypes = []string{"text/csv", xlsxType, "application/vnd.ms-excel", "text/plain", "application/octet-stream"}

func (s *server) announceImport(ctx context.Context, in *announceImportInput) (*announcedImport, error) {
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	b := in.Body
	i, err := s.draftImport(who, in)
	if err != nil {
		return nil, err
	}
	again, err := s.repeated(ctx, who, b.ID, "bring", importObject(i.ID))
	if err != nil {
		return nil, err
	}
	if again {
		there, err := s.store.ListImport(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		if there.List != i.List || there.Length != i.Length || there.SHA256 != i.SHA256 || there.Type != i.Type {
			return nil, fmt.Errorf("import %s: %w", i.ID, aid.ErrExists)
		}
	} else {
		act := s.act(who, b.ID, aid.Import, "bring", importObject(i.ID), "", i.Reason)
		act.After = compactJSON(map[string]any{"list": i.List, "name": i.Name, "length": i.Length, "sha256": i.SHA256})
		if err := s.store.PutListImport(table.Acting(ctx, act), aid.ListImport{}, i); err != nil {
			return nil, err
		}
	}
	signed, err := s.evidence.SignPut(ctx, i.OriginalPath(), blob.Upload{Type: i.Type, Length: i.Length, SHA256: i.SHA256})
	if err != nil {
		return nil, err
	}
	a := &announcedImport{}
	a.Body.ID, a.Body.URL, a.Body.Headers, a.Body.Expires = i.ID, signed.URL, signed.Headers, signed.Expires
	return a, nil
}

// draftImport checks what is announced.
func (s *server) draftImport(who caller, in *announceImportInput) (aid.ListImport, error) {
	b := in.Body
	var wrong []aid.Field
	refuse := func(pointer, code, detail string) {
		wrong = append(wrong, aid.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	if err := checkRequest(b.ID); err != nil {
		return aid.ListImport{}, err
	}
	name, err := aid.CleanText(b.Name, 120)
	if err != nil || name == "" {
		refuse("/name", "text", "want the name of a file")
	}
	if !slices.Contains(importTypes, b.Type) {
		refuse("/type", "unknown", "want CSV or XLSX")
	}
	switch {
	case b.Length <= 0:
		refuse("/length", "too_small", "the file is empty")
	case b.Length > aid.MaxImportBytes:
		refuse("/length", "too_large", fmt.Sprintf("more than %d bytes", aid.MaxImportBytes))
	}
	if sum, err := hex.DecodeString(b.SHA256); err != nil || len(sum) != 32 || b.SHA256 != strings.ToLower(b.SHA256) {
		refuse("/sha256", "text", "want a SHA-256 in lower case")
	}
	if _, known := s.catalogue().Programs[b.Program]; b.Program != "" && !known {
		refuse("/program", "unknown", "no such programme")
	}
	if wrong != nil {
		return aid.ListImport{}, &aid.InvalidError{Fields: wrong}
	}
	return aid.ListImport{
		ID: aid.ImportID(b.ID), Version: 1, List: string(b.List), Program: b.Program, Name: name, Type: b.Type, Length: b.Length, SHA256: b.SHA256,
		Encoding: b.Encoding, Reason: b.Reason, By: who.Staff, ByName: who.name, At: s.instant(), State: aid.ImportAwaited,
	}, nil
}

func importObject(id aid.ImportID) string { return "import/" + string(id) }

func compactJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// listImport returns an import that the caller may see. Whoever is limited to
// areas sees their own: a list of another may hold more than those.
func (s *server) listImport(ctx context.Context, who caller, id string) (aid.ListImport, error) {
	i, err := s.store.ListImport(ctx, aid.ImportID(id))
	if err == nil && !seesImport(who, i) {
		err = fmt.Errorf("import of another office: %w", aid.ErrNotFound)
	}
	return i, err
}

// seesImport tells whether an import is the caller's to see: their own, as far as
// they still answer for where it was brought for, and every one where they are
// limited to nothing.
func seesImport(who caller, i aid.ListImport) bool {
	elsewhere := func(code area.Code) bool { return !who.In(code) }
	return len(who.Areas) == 0 || i.By.ID == who.ID && len(i.By.Areas) > 0 && !slices.ContainsFunc(i.By.Areas, elsewhere)
}

func (s *server) listImports(ctx context.Context, _ *struct{}) (*importsAnswer, error) {
	const newest = 100
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	all, err := s.store.ListImports(ctx, newest)
	if err != nil {
		return nil, err
	}
	a := &importsAnswer{}
	a.Body.Items = []importBody{}
	for _, i := range all {
		if seesImport(who, i) {
			a.Body.Items = append(a.Body.Items, importBodyOf(who, i))
		}
	}
	return a, nil
}

func (s *server) getImport(ctx context.Context, in *importInput) (*importAnswer, error) {
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	i, err := s.listImport(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return s.importAnswerOf(ctx, who, i, in.Page)
}

// importAnswerOf shows an import with a page of its differences.
func (s *server) importAnswerOf(ctx context.Context, who caller, i aid.ListImport, page int) (*importAnswer, error) {
	a := &importAnswer{Body: importBodyOf(who, i)}
	for _, c := range i.Columns {
		a.Body.Columns = append(a.Body.Columns, importColumn{Name: c.Name, Sample: c.Sample, Field: c.Field})
	}
	for _, f := range intake.FieldsOf(intake.List(i.List), s.pack) {
		a.Body.Fields = append(a.Body.Fields, importField{ID: f.ID, Name: f.Name, Required: f.Required, Fixable: f.Fixable, About: f.About})
	}
	a.Body.Fixed = i.Fixed
	if a.Body.Summary == nil {
		return a, nil
	}
	var err error
	a.Body.Differences, err = s.differences(ctx, i, page)
	return a, err
}

const (
	differencesPerPage = 50
	// changesPerPart is how many changes lie in each part of a plan but the last.
	changesPerPart = 500
)

// differences reads one page of what an import changes. A page that is not
// there is empty.
func (s *server) differences(ctx context.Context, i aid.ListImport, page int) ([]importDifference, error) {
	part, skip := page*differencesPerPage/changesPerPart, page*differencesPerPage%changesPerPart
	shown := []importDifference{}
	if part >= i.Parts {
		return shown, nil
	}
	const most = 16 << 20
	kept, err := s.evidence.Get(ctx, i.PlanPath(part), "", most)
	if errors.Is(err, aid.ErrNotFound) {
		return shown, nil // its files are kept for three months
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewReader(bytes.NewReader(kept.Body))
	for n := 0; len(shown) < differencesPerPage; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return shown, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read differences of import %s: %w", i.ID, err)
		}
		if n < skip {
			continue
		}
		var c intake.Change
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fmt.Errorf("decode differences of import %s: %w", i.ID, err)
		}
		shown = append(shown, importDifference{Row: c.Row, ID: c.ID, Name: c.Name, Changes: c.Differences})
	}
	return shown, nil
}

func importBodyOf(who caller, i aid.ListImport) importBody {
	b := importBody{
		ID: i.ID, List: i.List, Program: i.Program, Name: i.Name, State: i.State, Problem: i.Problem, Format: i.Format, At: i.At,
		By: importOfficer{i.By.ID, i.ByName}, Mine: i.By.ID == who.ID, NeedsSecond: i.NeedsSecond, Undoing: i.Undoing(), Skipped: i.Skipped, Kept: i.Kept,
		Progress: importProgress{i.Rows, i.Of},
	}
	changes := i.New + i.Changed + i.Closed
	switch i.State {
	case aid.ImportPreview, aid.ImportConfirmed, aid.ImportWriting, aid.ImportDone, aid.ImportUndone:
		b.Summary = &intake.Summary{New: i.New, Changed: i.Changed, Same: i.Same, Errors: i.Errors, Closed: i.Closed}
		b.Pages = int((changes + differencesPerPage - 1) / differencesPerPage)
		parts := i.Written
		if !i.UndoAt.IsZero() {
			parts = i.Undone
		}
		if i.State != aid.ImportPreview {
			b.Progress = importProgress{min(changes, int64(parts)*changesPerPart), changes}
		}
	}
	if !i.ConfirmedAt.IsZero() {
		b.ConfirmedBy, b.ConfirmedAt = &importOfficer{i.ConfirmedBy.ID, i.ConfirmedName}, &i.ConfirmedAt
	}
	if !i.UndoAt.IsZero() {
		b.UndoneBy = &importOfficer{i.UndoBy.ID, i.UndoName}
	}
	return b
}

// moveImport makes a move of an import with the record of who made it, and wakes
// whoever goes on with it. A request that is repeated is not made again, but
// wakes again: an earlier one may have ended just before.
func (s *server) moveImport(ctx context.Context, who caller, i aid.ListImport, act table.Act, wakes bool, move func(aid.ListImport) (aid.ListImport, error)) (aid.ListImport, error) {
	again, err := s.repeated(ctx, who, act.ID, act.Action, act.Object)
	if err != nil {
		return i, err
	}
	if !again {
		after, err := move(i)
		if err != nil {
			return i, err
		}
		if err := s.store.PutListImport(table.Acting(ctx, act), i, after); err != nil {
			return i, err
		}
		i = after
	}
	if wakes && (i.State == aid.ImportReading || i.State == aid.ImportConfirmed || i.State == aid.ImportWriting) {
		step := act.Action + "-" + strconv.FormatInt(s.instant().UnixMilli(), 10)
		if err := s.evidence.Put(ctx, i.GoPath(step), "text/plain", []byte(act.Action)); err != nil && !errors.Is(err, aid.ErrExists) {
			return i, err
		}
	}
	return i, nil
}

func (s *server) mapImport(ctx context.Context, in *mapImportInput) (*importAnswer, error) {
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	i, err := s.listImport(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	columns, m, err := s.mapping(i, in)
	if err != nil {
		return nil, err
	}
	act := s.act(who, in.Body.ID, aid.Import, "map", importObject(i.ID), "", "")
	act.After = compactJSON(in.Body.Columns)
	if i, err = s.moveImport(ctx, who, i, act, true, func(i aid.ListImport) (aid.ListImport, error) { return i.Mapped(columns, m.Fixed) }); err != nil {
		return nil, err
	}
	headers := make([]string, len(columns))
	for n, c := range columns {
		headers[n] = c.Name
	}
	if err := s.store.RememberMapping(ctx, i.List, intake.HeaderKey(headers), m.Columns, m.Fixed); err != nil {
		return nil, err
	}
	return s.importAnswerOf(ctx, who, i, 0)
}

// mapping reads which column is what.
func (s *server) mapping(i aid.ListImport, in *mapImportInput) ([]aid.ImportColumn, intake.Mapping, error) {
	m := intake.Mapping{Fixed: map[string]string{}}
	columns := slices.Clone(i.Columns)
	for n, c := range columns {
		columns[n].Field = in.Body.Columns[c.Name]
		m.Columns = append(m.Columns, columns[n].Field)
	}
	for field, value := range in.Body.Fixed {
		if clean, err := aid.CleanText(value, 120); err == nil && clean != "" {
			m.Fixed[field] = clean
		} else if err != nil {
			return nil, m, invalid("/fixed/"+field, "text", "want a text of one line")
		}
	}
	for header := range in.Body.Columns {
		if !slices.ContainsFunc(columns, func(c aid.ImportColumn) bool { return c.Name == header }) {
			return nil, m, invalid("/columns", "unknown", "names a column that the file does not have")
		}
	}
	return columns, m, m.Check(intake.FieldsOf(intake.List(i.List), s.pack))
}

func (s *server) importErrors(ctx context.Context, in *importFileInput) (*web.File, error) {
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	i, err := s.listImport(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	// What an answer of the gateway holds.
	const most = 5 << 20
	kept, err := s.evidence.Get(ctx, i.ErrorsPath(), "", most)
	if err != nil {
		return nil, err
	}
	return &web.File{ContentType: csvType, Disposition: `attachment; filename="baris-yang-salah.csv"`, Body: kept.Body}, nil
}

func (s *server) confirmImport(ctx context.Context, in *importActInput) (*importAnswer, error) {
	return s.actOnImport(ctx, in.ID, in.Body.ID, "confirm", "", true, func(who caller, i aid.ListImport) (aid.ListImport, error) {
		return i.Confirmed(who.Staff, who.name, s.instant())
	})
}

func (s *server) cancelImport(ctx context.Context, in *importActInput) (*importAnswer, error) {
	return s.actOnImport(ctx, in.ID, in.Body.ID, "cancel", "", false, func(_ caller, i aid.ListImport) (aid.ListImport, error) { return i.Cancelled() })
}

func (s *server) undoImport(ctx context.Context, in *importUndoInput) (*importAnswer, error) {
	return s.actOnImport(ctx, in.ID, in.Body.ID, "undo", in.Body.Reason, true, func(who caller, i aid.ListImport) (aid.ListImport, error) {
		return i.ToUndo(who.Staff, who.name, in.Body.Reason, s.instant())
	})
}

// actOnImport makes a move of an import that somebody asks for.
func (s *server) actOnImport(ctx context.Context, id, request, action, reason string, wakes bool, move func(caller, aid.ListImport) (aid.ListImport, error)) (*importAnswer, error) {
	who, err := s.role(ctx, aid.Import)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(request); err != nil {
		return nil, err
	}
	i, err := s.listImport(ctx, who, id)
	if err != nil {
		return nil, err
	}
	act := s.act(who, request, aid.Import, action, importObject(i.ID), "", reason)
	act.After = compactJSON(map[string]any{"list": i.List, "name": i.Name, "new": i.New, "changed": i.Changed, "closed": i.Closed, "errors": i.Errors})
	i, err = s.moveImport(ctx, who, i, act, wakes, func(i aid.ListImport) (aid.ListImport, error) { return move(who, i) })
	if err != nil {
		return nil, err
	}
	return s.importAnswerOf(ctx, who, i, 0)
}

// Templates.

type templateInput struct {
	File string `path:"file" maxLength:"40" doc:"<list>.csv or <list>.xlsx"`
}

// template answers an empty list. The workbook explains each column on a second
// sheet; codes and numbers that begin with a zero are texts in it.
func (s *server) template(ctx context.Context, in *templateInput) (*web.File, error) {
	if _, err := s.role(ctx, aid.Import); err != nil {
		return nil, err
	}
	list, kind, _ := strings.Cut(in.File, ".")
	if !slices.Contains(intake.Lists, intake.List(list)) || kind != "csv" && kind != "xlsx" {
		return nil, fmt.Errorf("template %s: %w", in.File, aid.ErrNotFound)
	}
	fields := intake.FieldsOf(intake.List(list), s.pack)
	disposition := `attachment; filename="templat-` + in.File + `"`
	if kind == "csv" {
		var names []string
		for _, f := range fields {
			names = append(names, f.Name)
		}
		return &web.File{ContentType: csvType, Disposition: disposition, Body: []byte("\ufeff" + strings.Join(names, ";") + "\r\n")}, nil
	}
	body, err := templateBook(fields)
	return &web.File{ContentType: xlsxType, Disposition: disposition, Body: body}, err
}

func templateBook(fields []intake.Field) ([]byte, error) {
	const data, about = "Data", "Keterangan"
	f := excelize.NewFile()
	defer f.Close()
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err == nil {
		err = f.SetSheetName("Sheet1", data)
	}
	if err == nil {
		_, err = f.NewSheet(about)
	}
	if err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	rows := [][]any{{"Kolom", "Wajib", "Isi", "Contoh"}}
	for n, field := range fields {
		column, err := excelize.ColumnNumberToName(n + 1)
		if err == nil {
			err = f.SetColStyle(data, column, text)
		}
		if err == nil {
			err = f.SetColWidth(data, column, column, 20)
		}
		if err == nil {
			err = f.SetCellStr(data, column+"1", field.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("write template: %w", err)
		}
		required := ""
		if field.Required {
			required = "ya"
		}
		rows = append(rows, []any{field.Name, required, field.About, field.Example})
	}
	for n, row := range rows {
		if err := f.SetSheetRow(about, "A"+strconv.Itoa(n+1), &row); err != nil {
			return nil, fmt.Errorf("write template: %w", err)
		}
	}
	if err := f.SetColWidth(about, "A", "D", 32); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	return b.Bytes(), nil
}
