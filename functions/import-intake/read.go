package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/sheet"
)

const (
	// partRows is how many changes lie in one file of a plan: what one step of
	// writing takes on.
	partRows = 500
	// mostIssues is how many issues are listed. Who has more mends those first.
	mostIssues = 20_000
	// headWithin is in how many rows the headers must be.
	headWithin = 50
	samples    = 3
	// progressEvery is after how many rows a person sees that it goes on.
	progressEvery = 10_000
)

// refusals say why a file is not read, in words for who brought it.
var refusals = map[sheet.Refusal]string{
	sheet.NoTable:   "Berkas ini bukan CSV atau XLSX. Simpan dari program lembar kerja sebagai salah satunya.",
	sheet.OldExcel:  "Berkas ini XLS lama atau memakai kata sandi. Simpan sebagai XLSX tanpa kata sandi.",
	sheet.Empty:     "Berkas ini kosong.",
	sheet.Broken:    "Berkas XLSX ini rusak. Buka di program lembar kerja, lalu simpan lagi.",
	sheet.Exploding: "Berkas XLSX ini membengkak jauh lebih besar daripada daftar mana pun. Salin isinya ke berkas baru.",
	sheet.NoCharset: "Pengodean yang dipilih tidak dikenal.",
}

const (
	otherFile   = "Berkas yang tiba bukan berkas yang diumumkan. Unggah lagi."
	tooManyRows = "Berkas ini lebih dari 200.000 baris. Pecah menjadi beberapa berkas."
	noHeaders   = "Tidak ada baris judul kolom. Pakai templat, atau beri judul pada tiap kolom."
)

// refusedError is why an import's file is not read, for people.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return e.why }

// begin looks at a file that arrived: what it is, and which columns it has. What
// is remembered of such columns, or is plain, nobody is asked.
func (s *server) begin(ctx context.Context, i aid.ListImport) (aid.ListImport, error) {
	columns, format, headRow, err := s.head(ctx, i)
	if refused := (*refusedError)(nil); errors.As(err, &refused) {
		return s.refuse(ctx, i, refused.why)
	}
	if err != nil {
		return i, err
	}
	pack := s.catalogue.Pack(ctx)
	fields := intake.FieldsOf(intake.List(i.List), pack)
	headers := headersOf(columns)
	remembered, fixed, found, err := s.store.ImportMapping(ctx, i.List, intake.HeaderKey(headers))
	if err != nil {
		return i, err
	}
	m := intake.Mapping{Columns: intake.Guess(fields, headers)}
	plain := !slices.Contains(m.Columns, "")
	if found && len(remembered) == len(headers) {
		m, plain = intake.Mapping{Columns: remembered, Fixed: fixed}, true
	}
	before := i
	i.Format, i.HeadRow = format, headRow
	for c := range columns {
		columns[c].Field = m.Columns[c]
		for n, value := range columns[c].Sample {
			columns[c].Sample[n] = intake.Masked(columns[c].Field, value)
		}
	}
	if plain && m.Check(fields) == nil {
		after, err := i.Mapped(columns, m.Fixed)
		return s.put(ctx, before, after, err)
	}
	after, err := i.Asked()
	after.Columns, after.Fixed = columns, m.Fixed
	return s.put(ctx, before, after, err)
}

func headersOf(columns []aid.ImportColumn) []string {
	headers := make([]string, len(columns))
	for i, c := range columns {
		headers[i] = c.Name
	}
	return headers
}

// refuse says that an import's file cannot be read.
func (s *server) refuse(ctx context.Context, i aid.ListImport, why string) (aid.ListImport, error) {
	slog.InfoContext(ctx, "import refused", "import", i.ID, "why", why)
	after, err := i.Refused(why)
	return s.put(ctx, i, after, err)
}

// head returns the columns of an import's file with a few values of each. The
// headers are the first row in which fields are recognised, else the first with
// more than one cell: above them may stand a title.
func (s *server) head(ctx context.Context, i aid.ListImport) (columns []aid.ImportColumn, format string, headRow int, err error) {
	fields := intake.FieldsOf(intake.List(i.List), s.catalogue.Pack(ctx))
	var first []sheet.Row
	recognised := -1
	err = s.eachRow(ctx, i, func(r *sheet.Reader, row sheet.Row) error {
		format = spell(r.Format())
		if row.Problem != nil || row.Empty() {
			return nil
		}
		if recognised < 0 && intake.Heads(fields, row.Cells) {
			recognised = len(first)
		}
		first = append(first, row)
		if recognised >= 0 && len(first) > recognised+samples || row.Number > headWithin {
			return errEnough
		}
		return nil
	})
	if err != nil {
		return nil, "", 0, err
	}
	if recognised < 0 {
		recognised = slices.IndexFunc(first, func(r sheet.Row) bool { return len(r.Cells) > 1 })
	}
	if recognised < 0 {
		return nil, "", 0, &refusedError{noHeaders}
	}
	for c, name := range first[recognised].Cells {
		column := aid.ImportColumn{Name: short(name), Sample: []string{}}
		for _, r := range first[recognised+1 : min(len(first), recognised+1+samples)] {
			value := ""
			if c < len(r.Cells) {
				value = short(r.Cells[c])
			}
			column.Sample = append(column.Sample, value)
		}
		columns = append(columns, column)
	}
	return columns, format, first[recognised].Number, nil
}

// errEnough ends reading before the end.
var errEnough = errors.New("enough")

func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func spell(f sheet.Format) string {
	if f.Kind == "xlsx" {
		return "XLSX, lembar " + strconv.Quote(f.Sheet)
	}
	separator := map[rune]string{';': "titik koma", ',': "koma", '\t': "tab", '|': "garis tegak"}[f.Separator]
	return "CSV, " + strings.ToUpper(f.Encoding) + ", pemisah " + separator
}

// eachRow calls each with the rows of an import's file. The file lies on disk
// meanwhile, and is checked to be the one that was announced.
func (s *server) eachRow(ctx context.Context, i aid.ListImport, each func(*sheet.Reader, sheet.Row) error) error {
	in, err := s.files.Open(ctx, i.OriginalPath())
	if err != nil {
		return err
	}
	defer in.Close()
	kept, err := os.CreateTemp(s.folder, "ksbb-import-*")
	if err != nil {
		return fmt.Errorf("open temporary file of import: %w", err)
	}
	defer os.Remove(kept.Name())
	defer kept.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(kept, sum), io.LimitReader(in, aid.MaxImportBytes+1))
	if err != nil {
		return fmt.Errorf("fetch import %s: %w", i.ID, err)
	}
	if n != i.Length || hex.EncodeToString(sum.Sum(nil)) != i.SHA256 {
		return &refusedError{otherFile}
	}
	fields := intake.FieldsOf(intake.List(i.List), s.catalogue.Pack(ctx))
	r, err := sheet.Open(kept, n, sheet.Options{Encoding: i.Encoding, Heads: func(cells []string) bool { return intake.Heads(fields, cells) }})
	if err != nil {
		return readable(err)
	}
	defer r.Close()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return readable(err)
		}
		if err := each(r, row); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
		if row.Number%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// readable turns the refusal of a table into words.
func readable(err error) error {
	var refusal sheet.Refusal
	if errors.As(err, &refusal) {
		return &refusedError{refusals[refusal]}
	}
	return err
}

// compare reads the rows of an import and plans what they change. A run that
// begins takes the plan over from any other one, which notices it.
func (s *server) compare(ctx context.Context, i aid.ListImport) error {
	before := i
	i, err := i.Progressed(0, 0)
	i.Plan++
	i.Parts, i.Lanes, i.NeedsSecond = 0, lanes, false
	if i, err = s.put(ctx, before, i, err); err != nil {
		return err
	}
	p := &planning{server: s, i: i, pack: s.catalogue.Pack(ctx)}
	err = p.run(ctx)
	if refused := (*refusedError)(nil); errors.As(err, &refused) {
		_, err = s.refuse(ctx, p.i, refused.why)
	}
	return err
}

// planning is one comparison under way.
type planning struct {
	*server
	i       aid.ListImport
	pack    *region.Pack
	entries []intake.Entry
	issues  []intake.Issue
	more    int64 // issues that are not listed
	wrong   map[int]bool
	part    bytes.Buffer
	inPart  int
	summary intake.Summary
}

func (p *planning) run(ctx context.Context) error {
	p.wrong = map[int]bool{}
	if err := p.read(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(p.entries, func(a, b intake.Entry) int {
		return cmp.Or(cmp.Compare(a.Leaf.String(), b.Leaf.String()), cmp.Compare(a.Row, b.Row))
	})
	if err := p.diff(ctx); err != nil {
		return err
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	if err := p.writeIssues(ctx); err != nil {
		return err
	}
	before := p.i
	after, err := p.i.Planned()
	after.New, after.Changed, after.Same, after.Closed, after.Errors = p.summary.New, p.summary.Changed, p.summary.Same, p.summary.Closed, int64(len(p.wrong))
	if _, err = p.put(ctx, before, after, err); err != nil {
		return err
	}
	slog.InfoContext(ctx, "import compared", "import", p.i.ID, "rows", after.Of, "new", after.New, "changed", after.Changed, "same", after.Same, "errors", after.Errors, "second", after.NeedsSecond)
	return nil
}

// read turns rows into entries and issues.
func (p *planning) read(ctx context.Context) error {
	m := intake.Mapping{Fixed: p.i.Fixed}
	for _, c := range p.i.Columns {
		m.Columns = append(m.Columns, c.Field)
	}
	reader := &intake.Reader{
		Pack: p.pack, List: intake.List(p.i.List), Mapping: m, Headers: headersOf(p.i.Columns), By: p.i.By, Program: p.i.Program,
		Today: aid.DayOf(p.instant(), p.pack.Zone), Phone: readPhone,
	}
	rows := int64(0)
	err := p.eachRow(ctx, p.i, func(_ *sheet.Reader, row sheet.Row) error {
		if row.Number <= p.i.HeadRow || row.Empty() {
			return nil
		}
		if rows++; rows > intake.MaxRows {
			return &refusedError{tooManyRows}
		}
		entry, issues := reader.Row(row)
		if len(issues) == 0 {
			p.entries = append(p.entries, entry)
		}
		p.note(issues)
		if rows%progressEvery == 0 {
			return p.progress(ctx, 0, rows)
		}
		return nil
	})
	if err == nil {
		err = p.progress(ctx, 0, rows)
	}
	return err
}

// note keeps issues for who mends them.
func (p *planning) note(issues []intake.Issue) {
	for _, i := range issues {
		p.wrong[i.Row] = true
		if len(p.issues) == mostIssues {
			p.more++
			continue
		}
		p.issues = append(p.issues, i)
	}
}

func (p *planning) progress(ctx context.Context, rows, of int64) error {
	after, err := p.i.Progressed(rows, of)
	p.i, err = p.put(ctx, p.i, after, err)
	return err
}

// diff compares entries with what is known, leaf by leaf.
func (p *planning) diff(ctx context.Context) error {
	planner := intake.Planner{Pack: p.pack, List: intake.List(p.i.List), Today: aid.DayOf(p.instant(), p.pack.Zone), Office: office}
	compared, said := int64(0), int64(0)
	for len(p.entries) > 0 {
		leaf := p.entries[0].Leaf
		n := slices.IndexFunc(p.entries, func(e intake.Entry) bool { return e.Leaf != leaf })
		if n < 0 {
			n = len(p.entries)
		}
		entries := p.entries[:n]
		p.entries = p.entries[n:]
		places, err := p.store.Leaf(ctx, leaf)
		if err != nil {
			return err
		}
		contacts, err := p.contacts(ctx, entries)
		if err != nil {
			return err
		}
		changes, same, issues := planner.Plan(entries, places, contacts)
		p.note(issues)
		p.summary.Same += same
		p.summary.Count(changes)
		p.i.NeedsSecond = p.i.NeedsSecond || intake.Falls(changes, places)
		for _, c := range changes {
			if err := p.add(ctx, c); err != nil {
				return err
			}
		}
		if compared += int64(n); compared-said >= progressEvery {
			said = compared
			if err := p.progress(ctx, compared, p.i.Of); err != nil {
				return err
			}
		}
	}
	return nil
}

// office is who confirms the needs of an imported list, as it is published.
const office = "petugas pendataan"

// contacts reads those of the stewards whose contact a row gives.
func (p *planning) contacts(ctx context.Context, entries []intake.Entry) (map[aid.RecipientID]aid.Contact, error) {
	var ids []aid.RecipientID
	for _, e := range entries {
		if e.Phone != "" || e.Email != "" {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return p.store.Stewards(ctx, ids)
}

// add adds a change to the plan.
func (p *planning) add(ctx context.Context, c intake.Change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode change of row %d: %w", c.Row, err)
	}
	p.part.Write(append(line, '\n'))
	if p.inPart++; p.inPart == partRows {
		return p.flush(ctx)
	}
	return nil
}

// flush keeps the part of the plan that is full, or the last.
func (p *planning) flush(ctx context.Context) error {
	if p.inPart == 0 {
		return nil
	}
	if err := p.files.Put(ctx, p.i.PlanPath(p.i.Parts), "application/jsonl", p.part.Bytes()); err != nil {
		return err
	}
	p.i.Parts++
	p.inPart = 0
	p.part.Reset()
	return nil
}

// writeIssues keeps what is wrong with rows as a file that people mend by.
func (p *planning) writeIssues(ctx context.Context) error {
	intake.SortIssues(p.issues)
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma = ';' // what a spreadsheet expects where the comma is for decimals
	w.UseCRLF = true
	_ = w.Write([]string{"baris", "kolom", "nilai", "yang salah", "cara membetulkan"})
	for _, i := range p.issues {
		_ = w.Write([]string{strconv.Itoa(i.Row), report.Guard(i.Column), report.Guard(i.Value), report.Guard(i.Problem), report.Guard(i.Remedy)})
	}
	if p.more > 0 {
		_ = w.Write([]string{"", "", "", fmt.Sprintf("dan %d kesalahan lagi", p.more), "betulkan yang di atas dulu"})
	}
	w.Flush() // into memory: it cannot fail
	return p.files.Put(ctx, p.i.ErrorsPath(), "text/csv; charset=utf-8", b.Bytes())
}

// planned reads a part of a plan.
func (s *server) planned(ctx context.Context, i aid.ListImport, part int) ([]intake.Change, error) {
	in, err := s.files.Open(ctx, i.PlanPath(part))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var changes []intake.Change
	for dec := json.NewDecoder(bufio.NewReader(in)); ; {
		var c intake.Change
		if err := dec.Decode(&c); errors.Is(err, io.EOF) {
			return changes, nil
		} else if err != nil {
			return nil, fmt.Errorf("decode part %d of import %s: %w", part, i.ID, err)
		}
		changes = append(changes, c)
	}
}
