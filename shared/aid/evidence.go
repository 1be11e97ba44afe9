package aid

import (
	"strings"
	"time"
)

// EvidenceKind is what a file is meant to show.
type EvidenceKind string

// The kinds.
const (
	EvidenceBAST      EvidenceKind = "bast"      // a scan of the signed hand-over record
	EvidencePhoto     EvidenceKind = "photo"     // of the hand-over; private until reviewed
	EvidenceStatement EvidenceKind = "statement" // a scan of the hand-signed statement
	EvidenceComplaint EvidenceKind = "complaint" // attached to a complaint; never published
)

// EvidenceState is where a file stands.
type EvidenceState string

// The states of a file.
const (
	EvidenceAwaited  EvidenceState = "awaited"  // may be uploaded
	EvidenceAccepted EvidenceState = "accepted" // checked, and locked against change
	EvidenceRefused  EvidenceState = "refused"
)

// EvidenceRefusal is why a file was refused; each has an Indonesian text on the
// page.
type EvidenceRefusal string

// The refusals.
const (
	RefusedType      EvidenceRefusal = "type"      // not a picture or PDF, or not what it was said to be
	RefusedTooLarge  EvidenceRefusal = "too-large" // more bytes than allowed
	RefusedPixels    EvidenceRefusal = "pixels"    // more pixels than allowed
	RefusedBroken    EvidenceRefusal = "broken"    // cut off or damaged
	RefusedActive    EvidenceRefusal = "active"    // a PDF that runs something or holds files
	RefusedDifferent EvidenceRefusal = "different" // not the file that was announced
)

// Limits of an evidence file.
const (
	MaxEvidenceBytes  = 8 << 20
	MaxEvidencePixels = 25_000_000
	// MaxEvidenceFiles bounds what may be uploaded for one commitment or complaint.
	MaxEvidenceFiles = 40
)

// EvidenceTypes lists the media types that are taken.
var EvidenceTypes = []string{"image/jpeg", "image/png", "image/webp", "application/pdf"}

// Evidence is what the ledger knows of one file: nothing personal, and nothing
// of what is on it. Commitment and Recipient are set, or Complaint is.
type Evidence struct {
	ID         EvidenceID
	Commitment CommitmentID
	Recipient  RecipientID
	Leaf       Leaf
	Complaint  ComplaintID
	Kind       EvidenceKind
	Type       string // as announced
	Length     int64  // bytes, as announced
	SHA256     string // of the original, in hexadecimal, as announced and then checked
	State      EvidenceState
	Refusal    EvidenceRefusal
	Version    string // of the stored object that was checked
	ByStaff    bool   // brought by a member of staff; who, the trail says
	At         time.Time
	CheckedAt  time.Time

	Review        Review
	ReviewedAt    time.Time
	ReviewVersion int64 // rises by one with every review, and when one is taken back
}

// Fingerprint returns how the file is named in public: "sha256-<hex>".
func (e Evidence) Fingerprint() string { return "sha256-" + e.SHA256 }

// Path returns where in the evidence bucket the original lies. Each part is an
// identifier without a slash.
func (e Evidence) Path() string {
	if e.Complaint != "" {
		return "original/complaint/" + string(e.Complaint) + "/" + string(e.ID)
	}
	return "original/" + string(e.Recipient) + "/" + string(e.Commitment) + "/" + string(e.ID)
}

// PhotoPath returns where in the public bucket an approved photo lies, and
// nothing for a file that is never shown to everybody.
func (e Evidence) PhotoPath() string {
	if e.Kind != EvidencePhoto || e.Commitment == "" || !strings.HasPrefix(e.Type, "image/") {
		return ""
	}
	return "foto/" + string(e.ID) + ".jpg"
}

// StatementPath returns where in the evidence bucket the signed statement of a
// commitment lies.
func (id CommitmentID) StatementPath() string { return "letters/" + string(id) + ".pdf" }

// CheckEvidence refuses an announcement that could not become evidence.
func CheckEvidence(kind EvidenceKind, mediaType string, length int64, sha256 string, allowed ...EvidenceKind) error {
	var c checker
	known := false
	for _, k := range allowed {
		known = known || k == kind
	}
	if !known {
		c.wrong("/kind", "unknown", "one of %v", allowed)
	}
	known = false
	for _, t := range EvidenceTypes {
		known = known || t == mediaType
	}
	if !known {
		c.wrong("/type", "unknown", "one of %v", EvidenceTypes)
	}
	c.within("/length", length, 1, MaxEvidenceBytes)
	if !isHex(sha256, 64) {
		c.wrong("/sha256", "text", "want 64 hexadecimal digits, in small letters")
	}
	if len(c.fields) > 0 {
		return &InvalidError{Fields: c.fields}
	}
	return nil
}

func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
