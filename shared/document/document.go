// Package document writes the papers of a commitment as PDF, in Indonesian: the
// statement that a collaborator signs, the hand-over record (BAST) that both
// sides sign at the gate, and the receipt of what was confirmed.
//
// It is pure: the same facts give the same bytes, so that a paper can be written
// again instead of being kept, and its fingerprint stays true. It knows no region
// pack; every word that a region chooses arrives with the facts. Its types have
// no place for a phone number, an e-mail address or a national identity number,
// for paper is passed from hand to hand.
//
// The papers are plain A4 for a home printer without colour, in type that
// somebody of 65 reads without looking for glasses. They hold nothing that acts:
// no script, no form, no link, no file.
package document

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"ksbb/shared/aid"
)

// Paper is what every document says of itself.
type Paper struct {
	Service  string // "KSBB Jakarta"
	Operator string // the office in charge
	Zone     *time.Location
	At       time.Time // instant of issue: printed, and the PDF's own date
	Demo     bool      // the facts are invented; every page says so
}

// Pledge is a commitment in words.
type Pledge struct {
	Number     string // "K-7F3Q-21XA"
	Giver      string // as shown in public
	Class      string
	Recipient  string
	Kind       string // "RW", "Panti Asuhan"
	Address    string
	Area       string // "Kelurahan Contoh, Kecamatan Contoh, Kota Contoh"
	Steward    string
	Program    string
	Items      []Item
	Period     aid.Period
	Schedule   aid.Appointment
	Route      aid.Route
	Aggregator string // name; for the route through an aggregator
	Permit     string // its number
	Page       string // absolute URL of the recipient's public page
	Letter     string // fingerprint of the signed statement; empty until there is one
}

// Item is one line of a commitment in words.
type Item struct {
	Quantity   int64
	Unit       string
	Name       string
	Contents   []string // of one unit; on the statement only
	Equivalent string   // given instead (S-086)
	Free       bool     // outside any need: Name is the giver's own words (S-080)
	Value      aid.Rupiah
	Estimated  bool // Value is the giver's own estimate
}

// Statement is what the collaborator declares, in the region's words.
type Statement struct {
	Title      string
	Clauses    []string
	Consent    string
	GoodsRules []string
	SignedBy   string
	SignedAt   time.Time // zero: a draft, to be signed by hand
}

// Handover is what a BAST sheet says beside the pledge.
type Handover struct {
	Number aid.BASTNumber
	Code   string // six characters, with which the steward confirms
	URL    string // what the QR code opens; its fragment holds number and code
	// Rows are what this hand-over may bring: quantities are those still
	// outstanding. Nil stands for all that was pledged.
	Rows       []Item
	GoodsRules []string // S-087 … S-089
}

// Delivered is one hand-over as it was reported and confirmed. Quantities have
// one figure for each item of the pledge.
type Delivered struct {
	Number        aid.BASTNumber
	On            aid.Day
	Reported      []int64
	Received      []int64 // nil until answered
	ReportedAt    time.Time
	Answer        string // in words; empty until answered
	Via           string // in words: how the answer came
	AnsweredAt    time.Time
	Settled       bool       // the two sides differed, and agree now
	Value         aid.Rupiah // of what was received
	HouseholdDays int64      // of what was received
	Evidence      []string   // fingerprints
}

// Fingerprint names a file in public: "sha256-<hex>". Anyone who holds the file
// can compute it again.
func Fingerprint(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return "sha256-" + hex.EncodeToString(sum[:])
}

// errEmpty refuses a paper about nothing.
var errEmpty = errors.New("it lists nothing")

func (p Paper) check() error {
	if p.Zone == nil || p.At.IsZero() {
		return errors.New("time zone and instant of issue are not set")
	}
	return nil
}

// wrote gives an error its act and object.
func wrote(what, number string, pdf []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("write %s %s: %w", what, number, err)
	}
	return pdf, nil
}
