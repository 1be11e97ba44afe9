package release

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/publish"
)

// Header is the first line of a day's file.
type Header struct {
	Schema string    `json:"$schema"`
	Day    aid.Day   `json:"day"`
	Region area.Code `json:"region"`
	// Previous is the file before this one; null for the first.
	Previous *publish.LogRef `json:"previous"`
}

// Record is any other line: one step of a commitment, or one correction. It
// names nobody and holds nothing that anybody wrote.
type Record struct {
	N    int64  `json:"n"`
	At   string `json:"at"`   // RFC 3339, UTC, milliseconds
	What string `json:"what"` // the move, or "correction"
	// By is on whose behalf the step was made; of a correction, the office.
	By         string          `json:"by"`
	Commitment string          `json:"commitment,omitempty"` // its number
	Step       int             `json:"step,omitempty"`       // which of its published steps, from 1
	Recipient  aid.RecipientID `json:"recipient,omitempty"`
	Area       area.Code       `json:"area"`
	Leaf       string          `json:"leaf,omitempty"` // of a correction
	Program    aid.ProgramID   `json:"program,omitempty"`
	Class      aid.Class       `json:"class,omitempty"`
	Route      aid.Route       `json:"route,omitempty"`
	// Who is "sha256-<base64>" of the salt followed by the name, both of which
	// stand beside the commitment as long as the name is public. It says nothing
	// once the salt is gone.
	Who        string       `json:"who,omitempty"`
	Lines      []RecordLine `json:"lines,omitempty"` // of a pledge
	Delivery   int          `json:"delivery,omitempty"`
	Quantities []int64      `json:"quantities,omitempty"` // reported, of each line
	Received   []int64      `json:"received,omitempty"`   // what the delivery stands at now, of each line
	// Value is in rupiah: of what was pledged, reported or received with this step.
	Value aid.Rupiah `json:"value,omitempty"`
}

// RecordLine is one thing pledged. An empty package is free aid.
type RecordLine struct {
	Package  aid.PackageID `json:"package,omitempty"`
	Quantity int64         `json:"quantity"`
	Unit     string        `json:"unit,omitempty"` // of a package
	Value    aid.Rupiah    `json:"value"`
}

const correctionRecord = "correction"

// logged are the steps that the log tells: those that a commitment's public
// timeline shows, and that it was withdrawn, which is shown of one that came to
// nothing.
var logged = []aid.Move{
	aid.Verify, aid.Speak, aid.Renew, aid.Schedule, aid.Sign, aid.Report, aid.Receive, aid.Settle, aid.Correct, aid.Release, aid.Lapse, aid.Withdraw,
}

// recordsOf returns what the log tells of one commitment before an instant,
// without numbers, the oldest first.
func recordsOf(p aid.Place, c aid.Commitment, before time.Time) []Record {
	if c.PledgedAt.IsZero() {
		return nil
	}
	var all []Record
	for _, e := range c.Log {
		if !slices.Contains(logged, e.Move) {
			continue
		}
		r := Record{
			At: instant(e.At), What: string(e.Move), By: string(e.By), Commitment: c.ID.Number(), Step: len(all) + 1,
			Recipient: p.Recipient.ID, Area: p.Recipient.Area, Program: c.Program, Class: c.Class, Route: c.Route,
			Delivery: e.Delivery, Received: e.Received,
		}
		switch e.Move {
		case aid.Verify:
			r.Who = whoOf(c)
			for _, l := range c.Lines {
				line := RecordLine{Package: l.Package, Quantity: l.Quantity, Value: l.Value}
				if l.Package != "" {
					line.Unit = l.Unit // a free line's unit is what its giver wrote
				}
				r.Lines = append(r.Lines, line)
				r.Value += l.Value
			}
		case aid.Report:
			if i := e.Delivery - 1; i >= 0 && i < len(c.Deliveries) {
				r.Quantities = c.Deliveries[i].Quantities
				r.Value = worthOf(c, r.Quantities)
			}
		default:
			r.Value = worthOf(c, e.Received)
		}
		all = append(all, r)
	}
	// Steps are counted before those that are too new are left out.
	return slices.DeleteFunc(all, func(r Record) bool { return r.At >= instant(before) })
}

// whoOf hides a name behind its salt; empty where the collaborator shows none.
// What became of the promise since makes no difference: whoever asks later must
// get the same, and without the salt, which is no longer shown then, it says
// nothing.
func whoOf(c aid.Commitment) string {
	if c.Name == "" || c.Salt == "" {
		return ""
	}
	return hashOf([]byte(c.Salt + c.Name))
}

func worthOf(c aid.Commitment, units []int64) aid.Rupiah {
	var sum int64
	for i, l := range c.Lines {
		if i < len(units) {
			sum += aid.Share(l.Value, units[i], l.Quantity)
		}
	}
	return aid.Rupiah(sum)
}

// instant writes a time as every public file does.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// key names what a record tells, however it is numbered.
func (r Record) key() string {
	if r.What == correctionRecord {
		return r.Leaf + " " + r.At
	}
	return fmt.Sprintf("%s %d", r.Commitment, r.Step)
}

func compareRecords(a, b Record) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Commitment, b.Commitment), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Leaf, b.Leaf))
}

// lateDays is how many logged days a run looks back for records that came late,
// by an import: they are told in the file of the next day, with their own
// instant. What comes later than that is not told.
const lateDays = 7

// heaps bounds how many spools a logbook has.
const heaps = 64

// logbook collects the records of the days that are not logged yet, on heaps of
// a few days each, so that no more than one heap is held at a time.
type logbook struct {
	s     *run
	from  aid.Day // the first day that is not logged
	per   int     // days on a heap
	heaps []*heap
	late  []Record        // of days that are logged
	known map[string]bool // what the last logged days tell
}

// heap is records of some days as JSON lines, in no order.
type heap struct {
	*made
	w *bufio.Writer
}

func (s *run) newLogbook(ctx context.Context) (*logbook, error) {
	l := &logbook{s: s, from: s.first, known: map[string]bool{}}
	if s.log.Day != "" {
		l.from = s.log.Day.Plus(1)
	}
	today := aid.DayOf(s.asOf, s.Region.Zone)
	if l.from == "" || l.from > today {
		l.from = today // nothing to tell, or a run for a past day
	}
	l.per = int(today.Begins(time.UTC).Sub(l.from.Begins(time.UTC))/(24*time.Hour))/heaps + 1
	l.heaps = make([]*heap, heaps)
	for ref := s.log; ref.Day != "" && ref.Day > s.log.Day.Plus(-lateDays); {
		h, err := s.readDay(ctx, ref, func(_ []byte, r Record) error {
			l.known[r.key()] = true
			return nil
		})
		if err != nil {
			l.close()
			return nil, err
		}
		if h.Previous == nil {
			break
		}
		ref = *h.Previous
	}
	for _, c := range s.corrections {
		if err := l.put(Record{
			At: instant(c.On), What: correctionRecord, By: c.By, Area: c.leaf.Area, Leaf: c.leaf.String(),
		}, aid.DayOf(c.On, s.Region.Zone)); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *logbook) close() {
	for _, h := range l.heaps {
		if h != nil {
			h.made.close()
		}
	}
}

// add puts the records of one recipient on their heaps.
func (l *logbook) add(p aid.Place, commitments []aid.Commitment) error {
	oldest := l.from.Plus(-lateDays).Begins(l.s.Region.Zone)
	for _, c := range commitments {
		// Most lives were told long ago.
		if !slices.ContainsFunc(c.Log, func(e aid.Event) bool { return !e.At.Before(oldest) }) {
			continue
		}
		for _, r := range recordsOf(p, c, l.s.asOf) {
			at, err := time.Parse(time.RFC3339, r.At)
			if err != nil {
				return fmt.Errorf("log %s: %w", r.Commitment, err)
			}
			if err := l.put(r, aid.DayOf(at, l.s.Region.Zone)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *logbook) put(r Record, day aid.Day) error {
	if day < l.from {
		if day >= l.from.Plus(-lateDays) && !l.known[r.key()] && l.s.log.Day != "" {
			l.late = append(l.late, r)
		}
		return nil
	}
	i := min(l.heapOf(day), heaps-1)
	if l.heaps[i] == nil {
		m, err := l.s.create()
		if err != nil {
			return err
		}
		l.heaps[i] = &heap{m, bufio.NewWriter(m)}
	}
	line, err := encode("record", r)
	if err == nil {
		_, err = l.heaps[i].w.Write(line)
	}
	if err != nil {
		return fmt.Errorf("log %s: %w", r.key(), err)
	}
	return nil
}

func (l *logbook) heapOf(day aid.Day) int {
	return int(day.Begins(time.UTC).Sub(l.from.Begins(time.UTC))/(24*time.Hour)) / l.per
}

// days hands out the records of each day that has any, oldest day first, each
// day's in order. Late ones are told on the first of these days, or on the last
// day before today if there is none.
func (l *logbook) days(each func(aid.Day, []Record) error) error {
	late := l.late
	for _, h := range l.heaps {
		if h == nil {
			continue
		}
		if err := h.w.Flush(); err != nil {
			return fmt.Errorf("write records: %w", err)
		}
		in, err := h.reader()
		if err != nil {
			return err
		}
		byDay := map[aid.Day][]Record{}
		for d := json.NewDecoder(in); ; {
			var r Record
			if err := d.Decode(&r); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return fmt.Errorf("read records again: %w", err)
			}
			at, err := time.Parse(time.RFC3339, r.At)
			if err != nil {
				return fmt.Errorf("read records again: %w", err)
			}
			day := aid.DayOf(at, l.s.Region.Zone)
			byDay[day] = append(byDay[day], r)
		}
		days := make([]aid.Day, 0, len(byDay))
		for day := range byDay {
			days = append(days, day)
		}
		slices.Sort(days)
		for _, day := range days {
			if err := each(day, sorted(append(late, byDay[day]...))); err != nil {
				return err
			}
			late = nil
		}
	}
	if last := aid.DayOf(l.s.asOf, l.s.Region.Zone).Plus(-1); len(late) > 0 && last >= l.from {
		return each(last, sorted(late))
	}
	return nil
}

func sorted(records []Record) []Record {
	slices.SortFunc(records, compareRecords)
	return records
}

// Before the first record: no file, number 0, a head of zeros.
var beginning = publish.LogRef{Head: headText([sha256.Size]byte{})}

func headText(head [sha256.Size]byte) string {
	return "sha256-" + base64.StdEncoding.EncodeToString(head[:])
}

func headOf(text string) (head [sha256.Size]byte, err error) {
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimPrefix([]byte(text), []byte("sha256-"))))
	if err != nil || copy(head[:], raw) != len(head) || len(raw) != len(head) {
		return head, fmt.Errorf("%q is no head of a log", text)
	}
	return head, nil
}

// chained returns the head after one more record.
func chained(head [sha256.Size]byte, record []byte) [sha256.Size]byte {
	leaf := sha256.Sum256(append([]byte{0}, record...))
	return sha256.Sum256(append(append([]byte{1}, head[:]...), leaf[:]...))
}

// dayFile returns the file of a day after the one that previous names, and what
// names it.
func (s *run) dayFile(previous publish.LogRef, day aid.Day, records []Record) (publish.File, publish.LogRef, error) {
	h := Header{Schema: "/data/schemas/log.json", Day: day, Region: s.Region.Root}
	if previous.Day != "" {
		h.Previous = &previous
	}
	body, err := encode("header", h)
	if err != nil {
		return publish.File{}, publish.LogRef{}, err
	}
	head, err := headOf(previous.Head)
	if err != nil {
		return publish.File{}, publish.LogRef{}, err
	}
	for i, r := range records {
		r.N = previous.Last + int64(i) + 1
		line, err := encode("record", r)
		if err != nil {
			return publish.File{}, publish.LogRef{}, err
		}
		head = chained(head, bytes.TrimSuffix(line, []byte("\n")))
		body = append(body, line...)
	}
	sum := sha256.Sum256(body)
	ref := publish.LogRef{
		Day: day, Last: previous.Last + int64(len(records)), Head: headText(head),
		Path: fmt.Sprintf("data/v1/log/%s.%s.jsonl", day, hex.EncodeToString(sum[:12])), Hash: hashOf(body),
	}
	return publish.File{Path: ref.Path, ContentType: rowsType, CacheControl: immutable, Body: body}, ref, nil
}

// linkPath is where it is decided which file follows the record numbered n.
func linkPath(n int64) string { return fmt.Sprintf("data/v1/log/after/%d.json", n) }

// linkFile is a link as it is written.
type linkFile struct {
	Schema string `json:"$schema"`
	publish.LogRef
}

// readLink returns the file that follows the record numbered n, or wraps
// aid.ErrNotFound.
func (r *Runner) readLink(ctx context.Context, n int64) (publish.LogRef, error) {
	object, err := r.Store.Get(ctx, linkPath(n))
	if err != nil {
		return publish.LogRef{}, fmt.Errorf("read %s: %w", linkPath(n), err)
	}
	var l linkFile
	if err := json.Unmarshal(object.Body, &l); err != nil {
		return publish.LogRef{}, fmt.Errorf("read %s: %w", linkPath(n), err)
	}
	return l.LogRef, nil
}

// readLog finds the newest day: the one that the manifest names, or one that
// was linked since. A manifest that was lost makes no difference.
func (s *run) readLog(ctx context.Context) error {
	s.log = beginning
	object, err := s.Store.Get(ctx, publish.ManifestPath)
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return fmt.Errorf("read %s: %w", publish.ManifestPath, err)
	}
	if err == nil {
		var m publish.Manifest
		if err := json.Unmarshal(object.Body, &m); err != nil {
			return fmt.Errorf("read %s: %w", publish.ManifestPath, err)
		}
		if m.Log != nil {
			s.log = *m.Log
		}
	}
	return s.follow(ctx)
}

// follow goes on along the links.
func (s *run) follow(ctx context.Context) error {
	for {
		link, err := s.readLink(ctx, s.log.Last)
		if errors.Is(err, aid.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		s.log = link
	}
}

// writeLog adds the days that were gathered and makes the newest known. Where
// another run has linked a day first its days stand, and what they miss is late.
func (s *run) writeLog(ctx context.Context, w *gathered) error {
	if w != nil && w.log != nil {
		if err := w.log.days(func(day aid.Day, records []Record) error {
			if day <= s.log.Day {
				return nil // somebody else told it
			}
			return s.writeDay(ctx, day, records)
		}); err != nil {
			return fmt.Errorf("write log: %w", err)
		}
	}
	s.result.Records = s.log.Last
	if s.log.Day == "" {
		return nil
	}
	if err := s.Publisher.RecordLog(ctx, s.log, s.now); err != nil {
		return fmt.Errorf("record log: %w", err)
	}
	return nil
}

func (s *run) writeDay(ctx context.Context, day aid.Day, records []Record) error {
	f, ref, err := s.dayFile(s.log, day, records)
	if err != nil {
		return err
	}
	if _, err := s.decide(ctx, f.Path, f.ContentType, f.Body); err != nil {
		return err
	}
	body, err := encode("link", linkFile{"/data/schemas/log-link.json", ref})
	if err != nil {
		return err
	}
	path := linkPath(s.log.Last)
	if body, err = s.decide(ctx, path, jsonType, body); err != nil {
		return err
	}
	var standing linkFile
	if err := json.Unmarshal(body, &standing); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	s.log = standing.LogRef
	if s.log == ref {
		s.result.Days++
		return nil
	}
	return s.follow(ctx)
}

// readDay reads the file of a day, holds it against what names it, and hands out
// its records, as bytes and as what they say.
func (r *Runner) readDay(ctx context.Context, ref publish.LogRef, each func(line []byte, r Record) error) (Header, error) {
	object, err := r.Store.Get(ctx, ref.Path)
	if err != nil {
		return Header{}, fmt.Errorf("read %s: %w", ref.Path, err)
	}
	return parseDay(ref, object.Body, each)
}

func parseDay(ref publish.LogRef, body []byte, each func(line []byte, r Record) error) (h Header, err error) {
	if got := hashOf(body); got != ref.Hash {
		return h, fmt.Errorf("%s: hash is %s; want %s", ref.Path, got, ref.Hash)
	}
	first, rest, ok := bytes.Cut(body, []byte("\n"))
	if !ok {
		return h, fmt.Errorf("%s: has no header", ref.Path)
	}
	if err := json.Unmarshal(first, &h); err != nil {
		return h, fmt.Errorf("read header of %s: %w", ref.Path, err)
	}
	for len(rest) > 0 {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			return h, fmt.Errorf("%s: its last line has no end", ref.Path)
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return h, fmt.Errorf("read %s: %w", ref.Path, err)
		}
		if err := each(line, r); err != nil {
			return h, fmt.Errorf("%s: %w", ref.Path, err)
		}
		rest = after
	}
	return h, nil
}
