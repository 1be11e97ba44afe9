// Package publish turns facts into the public tree: immutable files with their
// hash in the name, one manifest that points at them, and the few files that
// change in place. It knows paths, encodings, lifetimes and the order in which
// files may be written. It does not know where they are kept.
//
// The rule is recompute, never increment: a mark says only that a leaf is
// dirty, and everything above it follows from what is read. Every write is
// conditional, so that publishers may be woken twice, late, out of order and
// beside each other, and may die between any two writes.
package publish

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// File is one file of the public tree on its way to the store.
type File struct {
	Path         string // without a leading slash
	ContentType  string
	CacheControl string
	Body         []byte
	// Generation orders the writes of a file that changes in place. Zero for
	// immutable files and for the manifest, which carries its own.
	Generation int64

	shows *picture
	stood *Object // what was there, if that was looked at already
	first bool    // probably nothing is there yet
}

// picture is one that a page names. Its path is made from what it shows, so
// that it never changes.
type picture struct {
	path string
	draw func() ([]byte, error)
}

// Photo is a picture that people brought and an office approved. It may be taken
// away again, so nobody keeps it without asking.
func Photo(path string, body []byte) File {
	return File{Path: path, ContentType: jpegType, CacheControl: inPlace, Body: body}
}

// Object is a file as the store holds it.
type Object struct {
	Body       []byte
	ETag       string
	Generation int64
}

// Condition is what must still be true for a write to happen: that there is no
// such file (Absent), or that its ETag is the one that was read.
type Condition struct{ IfMatch string }

// Absent lets a write happen only where there is no file yet.
var Absent = Condition{}

// Unchanged lets a write happen only over the object that was read.
func Unchanged(o Object) Condition { return Condition{IfMatch: o.ETag} }

// Store keeps the public tree. A Put whose condition does not hold wraps
// aid.ErrStale; a Get of nothing wraps aid.ErrNotFound. Any other error of Put
// leaves open whether the write took effect.
type Store interface {
	Get(ctx context.Context, path string) (Object, error)
	Put(ctx context.Context, f File, c Condition) error
}

// The lifetimes: what carries its hash in its name never changes, all else is
// asked for again with its ETag. What names collaborators never changes either,
// and yet nobody should keep it long: a name may be asked to be forgotten.
const (
	immutable = "public, max-age=31536000, immutable"
	forADay   = "public, max-age=86400, immutable"
	inPlace   = "public, no-cache"
)

const (
	htmlType = "text/html; charset=utf-8"
	jsonType = "application/json"
	xmlType  = "application/xml"
	pngType  = "image/png"
	jpegType = "image/jpeg"
	atomType = "application/atom+xml"
	feedType = "application/feed+json"
)

// types are the content types of files by how their names end. A feed, which
// ends like other JSON, says its own.
var types = map[string]string{
	".html": htmlType, ".json": jsonType, ".xml": xmlType, ".png": pngType, ".atom": atomType,
	".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

// ManifestPath is the only data file that changes in place.
const ManifestPath = "data/manifest.json"

const (
	homePath   = "index.html"
	statusPath = "status/index.html" // of the generation that the last sweep came to
)

// Manifest is the root of the published tree.
type Manifest struct {
	Generation int64     `json:"generation"`
	AsOf       string    `json:"asOf"` // RFC 3339, UTC
	Region     area.Code `json:"region"`
	Root       string    `json:"root"`     // path of the region's area file
	RootHash   string    `json:"rootHash"` // "sha256-<base64>" of that file
	Schema     string    `json:"schema"`
	Log        *LogRef   `json:"log,omitempty"` // newest day of the public log
}

// AreaFile is an area with its totals. A provinsi and a kota point at the files
// of their children; a kecamatan carries its kelurahan's totals and points at
// the files of its leaves.
type AreaFile struct {
	Schema   string       `json:"$schema"`
	Area     area.Code    `json:"area"`
	Name     string       `json:"name"`
	Level    string       `json:"level"`
	Point    position     `json:"point"`
	AsOf     string       `json:"asOf"` // of the latest fact in it
	Totals   tally.Totals `json:"totals"`
	Children []ChildRef   `json:"children"`
	// Statistics is the file with everything that is counted of the area.
	Statistics FileRef `json:"statistics"`
	// Workings is the path of the private sums behind it. The root has none, as
	// nothing stands above it.
	Workings string `json:"workings,omitempty"`
	// Search is the file with the names of its recipients. A province has none of
	// its own; a kecamatan's is a part of its kota's.
	Search *FileRef `json:"search,omitempty"`
	// Recipients maps a leaf to the file of its recipients, on the lowest level only.
	Recipients map[string]string  `json:"recipients,omitempty"`
	Leaves     map[string]LeafRef `json:"leaves,omitempty"`
}

// ChildRef is an area directly inside another.
type ChildRef struct {
	Area   area.Code    `json:"area"`
	Name   string       `json:"name"`
	Point  position     `json:"point"`
	Totals tally.Totals `json:"totals"`
	AsOf   string       `json:"asOf,omitempty"`
	Path   string       `json:"path,omitempty"`
	Hash   string       `json:"hash,omitempty"`
	// Workings is the path of its private sums.
	Workings string `json:"workings,omitempty"`
	// Search is the file with the names of its recipients, where it has one.
	Search *FileRef `json:"search,omitempty"`
}

// LeafRef is the file of one leaf and what it adds to each kelurahan, so that
// one changed leaf never asks for the others to be read.
type LeafRef struct {
	Path      string                 `json:"path"`
	Hash      string                 `json:"hash"`
	AsOf      string                 `json:"asOf"`
	Names     string                 `json:"names"` // sum over the names in it
	Kelurahan map[area.Code]LeafPart `json:"kelurahan"`
}

// LeafPart is what a leaf adds to one kelurahan.
type LeafPart struct {
	AsOf   string       `json:"asOf"`
	Totals tally.Totals `json:"totals"`
	// Workings is the path of the private sums behind it.
	Workings string `json:"workings"`
	// Commitments is the path of the file with who promised what there. There is
	// none where nobody did.
	Commitments string `json:"commitments,omitempty"`
}

// position is a point as RFC 7946 writes it: longitude, latitude, six decimals.
type position aid.Point

func (p position) MarshalJSON() ([]byte, error) { return appendPosition(nil, aid.Point(p)), nil }

func (p *position) UnmarshalJSON(b []byte) error {
	var xy [2]float64
	if err := json.Unmarshal(b, &xy); err != nil {
		return fmt.Errorf("position: %w", err)
	}
	p.Lng, p.Lat = xy[0], xy[1]
	return nil
}

// instant writes a time as every public file does.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// hashOf returns the sum that parents carry of a file.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// hashed returns an immutable file named after its own content.
func hashed(stem, suffix, contentType string, body []byte) File {
	sum := sha256.Sum256(body)
	return File{
		Path:         stem + "." + hex.EncodeToString(sum[:12]) + suffix,
		ContentType:  contentType,
		CacheControl: immutable,
		Body:         body,
	}
}

// page returns a page of an edition, or another file that changes in place. path
// is its place in the first one.
func (e Edition) page(p string, body []byte) File {
	return File{Path: e.Prefix + p, ContentType: types[path.Ext(p)], CacheControl: inPlace, Body: body}
}

// feeds returns the news of an area, in an edition.
func (e Edition) feeds(a tally.Area) ([]File, error) {
	atom, feed, err := e.Pages.Feed(a)
	if err != nil {
		return nil, err
	}
	stem := "data/v1/feed"
	if e.Prefix != "" {
		stem += "." + strings.TrimSuffix(e.Prefix, "/")
	}
	return []File{
		{Path: stem + ".atom", ContentType: atomType, CacheControl: inPlace, Body: atom},
		{Path: stem + ".json", ContentType: feedType, CacheControl: inPlace, Body: feed},
	}, nil
}

// contactFile says how soon promises become talks.
type contactFile struct {
	Pledged     int64       `json:"pledged"`
	Lapsed      int64       `json:"lapsed"`
	LapseShare  share       `json:"lapseShare"`
	Contacted   int64       `json:"contacted"`
	MedianHours *int        `json:"medianHours"` // lower median; null when nobody was contacted
	Hours       tally.Hours `json:"hours"`
}

func contactOf(t tally.Totals) contactFile {
	c := contactFile{
		Pledged: t.Pledged, Lapsed: t.Lapsed, LapseShare: shareOf(t.LapseShare()),
		Contacted: t.Hours.Contacted(), Hours: tally.Hours{},
	}
	if t.Hours != nil {
		c.Hours = t.Hours
	}
	if median, ok := t.Hours.Median(); ok {
		c.MedianHours = &median
	}
	return c
}

// coverageFile says for how many days of one household's food was received, and
// which part of the need that is.
type coverageFile struct {
	HouseholdDays int64 `json:"householdDays"`
	Share         share `json:"share"`
}

func coverageOf(t tally.Totals) coverageFile {
	return coverageFile{HouseholdDays: t.HouseholdDays(), Share: shareOf(t.Coverage())}
}

// share is a part of a whole, written with four decimals; below zero stands for
// none, written as null.
type share float64

func shareOf(part float64, ok bool) share {
	if !ok {
		return -1
	}
	return share(part)
}

func (s share) MarshalJSON() ([]byte, error) { return appendShare(nil, float64(s)), nil }

// file returns the area file as it is written: same facts, same bytes. What
// follows from the totals is written for readers and never read back.
func (a AreaFile) file() (File, error) {
	body, err := json.Marshal(struct {
		AreaFile
		Contact  contactFile  `json:"contact"`
		Coverage coverageFile `json:"coverage"`
	}{a, contactOf(a.Totals), coverageOf(a.Totals)})
	if err != nil {
		return File{}, fmt.Errorf("encode area %s: %w", a.Area, err)
	}
	return hashed("data/v1/areas/"+string(a.Area), ".json", jsonType, append(body, '\n')), nil
}

// tally returns the area as the pages want it.
func (a AreaFile) tally() tally.Area {
	asOf, _ := time.Parse(time.RFC3339, a.AsOf)
	t := tally.Area{Code: a.Area, Name: a.Name, Point: aid.Point(a.Point), AsOf: asOf, Totals: a.Totals}
	for _, c := range a.Children {
		t.Children = append(t.Children, tally.Child{Code: c.Area, Name: c.Name, Point: aid.Point(c.Point), Totals: c.Totals})
	}
	return t
}
