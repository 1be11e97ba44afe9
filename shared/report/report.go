// Package report says what happened in a period: the figures of a day, a week
// or a month, sentences written from them, and the tables behind them. It is
// pure: the same facts give the same report, whenever it is made. What needs a
// library, the PDF and the workbook, is made by the packages below it.
package report

import (
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// Kind is how long a period is.
type Kind string

// The kinds of periods.
const (
	Daily   Kind = "daily"
	Weekly  Kind = "weekly"
	Monthly Kind = "monthly"
)

// Kinds lists every kind, the longest first.
var Kinds = []Kind{Monthly, Weekly, Daily}

// Report is what is reported of one period. Every figure of the page, the PDF,
// the workbook and the CSV files is one of these. It names no collaborator: a
// report is kept for ever, and a name may be taken back.
type Report struct {
	Schema string    `json:"$schema"`
	Period string    `json:"period"` // 2026-03-31, 2026-W14 or 2026-03
	Kind   Kind      `json:"kind"`
	From   aid.Day   `json:"from"` // both included
	To     aid.Day   `json:"to"`
	AsOf   time.Time `json:"asOf"` // the instant at which the period ended
	Region area.Code `json:"region"`
	Name   string    `json:"name"` // of the region
	Demo   bool      `json:"demo"`
	// Revision is 1 for the first report of a period. Any later one has a Reason.
	Revision int    `json:"revision"`
	Reason   string `json:"reason,omitempty"`

	// End is how everything stood when the period ended. Its days are those of the
	// period, each of them; weeks and months are made of these days only.
	End tally.Statistics `json:"end"`
	// Change is by how much the period changed it.
	Change Change `json:"change"`
	// Happened adds up the days of the period, Before those of the period before.
	Happened tally.Happened `json:"happened"`
	Before   tally.Happened `json:"before"`
	// Givers are the different collaborators who promised something in the period.
	Givers       tally.Count `json:"givers"`
	GiversBefore tally.Count `json:"giversBefore"`

	// Kelurahan has one row for each kelurahan, by code.
	Kelurahan []KelurahanRow `json:"kelurahan"`
	// Gaps are the places where most is still open, Forgotten those that were
	// brought nothing yet, most households first; at most ListLength each.
	Gaps           []Spot `json:"gaps"`
	Forgotten      []Spot `json:"forgotten"`
	ForgottenTotal int64  `json:"forgottenTotal"`
	// Slow are the kecamatan in which contact takes longest.
	Slow        []SlowRow    `json:"slow"`
	Corrections []Correction `json:"corrections"` // recorded in the period
	// Paragraphs say in plain Indonesian what the figures say.
	Paragraphs []string `json:"paragraphs"`
	// Tables are the CSV files that this report is made with, by their table's
	// name.
	Tables []Source `json:"tables"`
}

// ListLength is how many places a list of a report has at most.
const ListLength = 20

// Change is by how much a period changed how things stand, split as
// [tally.Statistics] is. Rows that did not change are left out; shares are not
// said (-1), and collaborators are those who gave for the first time.
type Change struct {
	Whole    tally.Row   `json:"whole"`
	Areas    []tally.Row `json:"areas"`
	Classes  []tally.Row `json:"classes"`
	Kinds    []tally.Row `json:"kinds"`
	Packages []tally.Row `json:"packages"`
	Programs []tally.Row `json:"programs"`
	Routes   []tally.Row `json:"routes"`
	// Reached counts recipients that received something for the first time,
	// Unreached by how many there are more that were brought nothing yet.
	Reached   int64 `json:"reached"`
	Unreached int64 `json:"unreached"`
}

// KelurahanRow is what one kelurahan received.
type KelurahanRow struct {
	Area     area.Code      `json:"area"`
	Name     string         `json:"name"`
	Register tally.Register `json:"register"`
	Received int64          `json:"received"` // rupiah, gifts and free aid
	Open     int64          `json:"open"`     // rupiah needed and not promised by anyone, gifts
}

// Spot is one recipient in a list.
type Spot struct {
	Recipient  aid.RecipientID `json:"recipient"`
	Name       string          `json:"name"`
	Kind       aid.KindID      `json:"kind"`
	Area       area.Code       `json:"area"`
	Households int64           `json:"households"`
	Needed     int64           `json:"needed"` // rupiah, gifts
	Open       int64           `json:"open"`   // of it promised by nobody
}

// SlowRow is a kecamatan with how long contact takes in it.
type SlowRow struct {
	Area        area.Code `json:"area"`
	Name        string    `json:"name"`
	MedianHours int       `json:"medianHours"`
	Contacted   int64     `json:"contacted"`
}

// Correction is a recorded correction of a piece of the map.
type Correction struct {
	Leaf   string    `json:"leaf"`
	On     time.Time `json:"on"`
	Reason string    `json:"reason"`
	By     string    `json:"by"` // an office
}

// Source is a file that figures come from, or that they can be taken away in.
type Source struct {
	Table string `json:"table,omitempty"` // "commitments", "deliveries" …
	Path  string `json:"path"`            // without a leading slash
	Hash  string `json:"hash"`            // "sha256-<base64>"
	Bytes int64  `json:"bytes"`
	Rows  int64  `json:"rows,omitempty"`
	Type  string `json:"type"` // media type
}

// Index lists the reports that stand. It is data/v1/reports/index.json and
// changes in place.
type Index struct {
	Schema     string    `json:"$schema"`
	Generation int64     `json:"generation"`
	Region     area.Code `json:"region"`
	Reports    []Entry   `json:"reports"` // the latest period first
}

// Entry is one period in the index, with every revision of its report, the
// latest first.
type Entry struct {
	Period    string     `json:"period"`
	Kind      Kind       `json:"kind"`
	From      aid.Day    `json:"from"`
	To        aid.Day    `json:"to"`
	Summary   string     `json:"summary"`             // the first paragraph
	SummaryEN string     `json:"summaryEn,omitempty"` // in English
	Demo      bool       `json:"demo"`                // any recipient is invented
	Revisions []Revision `json:"revisions"`
}

// Near names the periods before and after one that have a report too; empty
// where there is none.
type Near struct{ Before, After string }

// Revision is one report as it was published.
type Revision struct {
	Revision int       `json:"revision"`
	Reason   string    `json:"reason,omitempty"`
	MadeAt   time.Time `json:"madeAt"` // the instant its run was scheduled for
	Files    []Source  `json:"files"`  // report.json, PDF, workbook, CSV
}

// Open lists the open data as they stand: data/v1/open/index.json, which
// changes in place.
type Open struct {
	Schema     string     `json:"$schema"`
	Generation int64      `json:"generation"`
	AsOf       time.Time  `json:"asOf"`
	Region     area.Code  `json:"region"`
	Demo       bool       `json:"demo"`  // any recipient is invented
	Areas      []OpenArea `json:"areas"` // the region first, then by code
	// Releases are the frozen states, one for each month, the latest first.
	Releases []Release `json:"releases"`
}

// OpenArea is the open data of one area.
type OpenArea struct {
	Area  area.Code        `json:"area"`
	Name  string           `json:"name"`
	Rows  map[string]int64 `json:"rows"` // by table
	Files []Source         `json:"files"`
}

// Release is the open data of the whole region as they stood at the end of a
// month. It names no collaborator and never changes.
type Release struct {
	Month string           `json:"month"`
	AsOf  time.Time        `json:"asOf"`
	Rows  map[string]int64 `json:"rows"`
	Files []Source         `json:"files"`
}
