package aid

import (
	"fmt"
	"slices"
	"time"
)

// ImportID is a UUIDv7 made by the officer's browser.
type ImportID string

// ImportState is how far an import has come.
type ImportState string

// The states of an import. Nothing of it is written before it is confirmed.
const (
	ImportAwaited   ImportState = "awaited"   // announced; its file has not arrived
	ImportReading   ImportState = "reading"   // its rows are read and compared
	ImportMapping   ImportState = "mapping"   // somebody has to say which column is what
	ImportPreview   ImportState = "preview"   // what it would change is there to be looked at
	ImportConfirmed ImportState = "confirmed" // waits until no other import writes
	ImportWriting   ImportState = "writing"   // changes are being made, or taken back
	ImportDone      ImportState = "done"
	ImportUndone    ImportState = "undone"
	ImportRefused   ImportState = "refused" // the file cannot be read
	ImportCancelled ImportState = "cancelled"
)

// MaxImportBytes is the largest file that is taken.
const MaxImportBytes = 64 << 20

// ListImport is a file of rows that an officer brings, and what becomes of it.
type ListImport struct {
	ID       ImportID
	Version  int64 // rises with every change
	List     string
	Program  ProgramID // narrows the packages of a list of needs; may be empty
	Name     string    // of the file
	Type     string    // media type
	Length   int64
	SHA256   string // hexadecimal
	Encoding string // said by the officer; empty to find out
	Reason   string
	By       Staff
	ByName   string
	At       time.Time

	State   ImportState
	Problem string // of one that was refused, for people
	Format  string // what the file was found to be
	HeadRow int    // the row with the headers
	Columns []ImportColumn
	Fixed   map[string]string // values for all rows, by field
	// Plan numbers the comparisons: another mapping makes another one.
	Plan        int64
	Parts       int // of the plan
	Lanes       int // parts that are written at a time; 0 is one
	Rows, Of    int64
	New         int64
	Changed     int64
	Same        int64
	Errors      int64
	Closed      int64
	NeedsSecond bool // another officer has to confirm it

	ConfirmedBy   Staff
	ConfirmedName string
	ConfirmedAt   time.Time
	Written       int   // parts that were written
	Skipped       int64 // changes not made, because what they were about had changed
	// Undo is set once the import is to be taken back.
	UndoBy     Staff
	UndoName   string
	UndoAt     time.Time
	UndoReason string
	Undone     int   // parts that were taken back
	Kept       int64 // changes not taken back, because somebody changed them since
}

// ImportColumn is a column of an import's file.
type ImportColumn struct {
	Name   string
	Sample []string
	Field  string // empty where it is none
}

// OriginalPath is where an import's file arrives.
func (i ListImport) OriginalPath() string { return "imports/" + string(i.ID) + "/original" }

// GoPath is where something is put for an import to go on with a step.
func (i ListImport) GoPath(step string) string { return "imports/" + string(i.ID) + "/go/" + step }

// PlanPath is where a part of its plan lies, ErrorsPath what is wrong with rows,
// OutcomePath which changes of a part were made.
func (i ListImport) PlanPath(part int) string {
	return fmt.Sprintf("imported/%s/plan-%d/%05d.jsonl", i.ID, i.Plan, part)
}

// ErrorsPath is where the rows are listed that cannot be read.
func (i ListImport) ErrorsPath() string {
	return fmt.Sprintf("imported/%s/plan-%d/errors.csv", i.ID, i.Plan)
}

// OutcomePath is where it is listed which changes of a part were not made.
func (i ListImport) OutcomePath(part int) string {
	return fmt.Sprintf("imported/%s/plan-%d/%05d.skipped.json", i.ID, i.Plan, part)
}

// Next returns the parts of the plan that are written once so many are, at most
// as many as there are lanes. The plan is in the order of the places, and each
// lane is a stretch of it: what is written at the same time lies in different
// partitions, and each place is written in one go.
func (i ListImport) Next(written int) []int {
	lanes := max(1, i.Lanes)
	long := (i.Parts + lanes - 1) / lanes
	var order []int
	for n := range long {
		for part := n; part < i.Parts; part += long {
			order = append(order, part)
		}
	}
	return order[min(written, i.Parts):min(written+lanes, i.Parts)]
}

// Undoing tells whether an import is being taken back.
func (i ListImport) Undoing() bool { return !i.UndoAt.IsZero() && i.State == ImportWriting }

// next returns the import in another state, or refuses with ErrStale.
func (i ListImport) next(to ImportState, from ...ImportState) (ListImport, error) {
	if !slices.Contains(from, i.State) {
		return i, fmt.Errorf("import %s is %s, not yet or no longer to become %s: %w", i.ID, i.State, to, ErrStale)
	}
	i.Version++
	i.State = to
	return i, nil
}

// Mapped is the import once somebody said, or it is remembered, which column is
// what: its rows are to be read.
func (i ListImport) Mapped(columns []ImportColumn, fixed map[string]string) (ListImport, error) {
	i, err := i.next(ImportReading, ImportAwaited, ImportMapping, ImportPreview)
	i.Columns, i.Fixed = columns, fixed
	i.Plan++
	i.Rows, i.Parts = 0, 0
	return i, err
}

// Asked is the import whose columns somebody has to explain.
func (i ListImport) Asked() (ListImport, error) { return i.next(ImportMapping, ImportAwaited) }

// Progressed is the import after so many rows of it were read.
func (i ListImport) Progressed(rows, of int64) (ListImport, error) {
	i, err := i.next(ImportReading, ImportReading)
	i.Rows, i.Of = rows, of
	return i, err
}

// Planned is the import whose changes are there to be looked at.
func (i ListImport) Planned() (ListImport, error) { return i.next(ImportPreview, ImportReading) }

// Refused is the import whose file cannot be read.
func (i ListImport) Refused(problem string) (ListImport, error) {
	i, err := i.next(ImportRefused, ImportAwaited, ImportReading)
	i.Problem = problem
	return i, err
}

// Cancelled is the import that is not wanted any more.
func (i ListImport) Cancelled() (ListImport, error) {
	return i.next(ImportCancelled, ImportAwaited, ImportReading, ImportMapping, ImportPreview)
}

// Confirmed is the import whose changes are to be made. Where much would fall,
// whoever brought it is denied: another officer has to look.
func (i ListImport) Confirmed(by Staff, name string, at time.Time) (ListImport, error) {
	if i.State == ImportPreview && i.NeedsSecond && by.ID == i.By.ID {
		return i, fmt.Errorf("confirm import %s of one's own that lowers figures: %w", i.ID, ErrDenied)
	}
	i, err := i.next(ImportConfirmed, ImportPreview)
	i.ConfirmedBy, i.ConfirmedName, i.ConfirmedAt = by, name, at
	return i, err
}

// Wrote is the import once so many of its parts were written, with the number of
// changes that were not made.
func (i ListImport) Wrote(parts int, skipped int64) (ListImport, error) {
	to := ImportWriting
	if parts >= i.Parts {
		to = ImportDone
	}
	i, err := i.next(to, ImportConfirmed, ImportWriting)
	i.Written, i.Skipped = parts, i.Skipped+skipped
	return i, err
}

// ToUndo is the import that is to be taken back, as far as nobody has changed
// since what it wrote.
func (i ListImport) ToUndo(by Staff, name, reason string, at time.Time) (ListImport, error) {
	i, err := i.next(ImportWriting, ImportDone)
	i.UndoBy, i.UndoName, i.UndoReason, i.UndoAt = by, name, reason, at
	return i, err
}

// TookBack is the import once so many of its parts were taken back.
func (i ListImport) TookBack(parts int, kept int64) (ListImport, error) {
	to := ImportWriting
	if parts >= i.Parts {
		to = ImportUndone
	}
	i, err := i.next(to, ImportWriting)
	i.Undone, i.Kept = parts, i.Kept+kept
	return i, err
}

// Work returns where an import waits to be confirmed.
func (i ListImport) Work() Work {
	if i.State != ImportPreview {
		return Work{}
	}
	return Work{Lane: LaneImport, At: i.At}
}
