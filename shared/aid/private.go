package aid

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Contact is how to reach one person. It is private: it never enters the
// ledger, a log, a URL or a file.
type Contact struct {
	Name  string
	Email string // lower case
	Phone string // E.164, "+6281…"
}

// Statement is the signed promise (surat pernyataan komitmen, S-102). The typed
// signature is private.
type Statement struct {
	SignedBy string
	At       time.Time
}

// Credential is the private side of a commitment: who made it and what proves
// that a caller is that person.
type Credential struct {
	Commitment    CommitmentID
	Recipient     RecipientID
	Contact       Contact
	Statement     Statement
	Language      string // "id" or "en", of the mails
	SecretVersion int
	SecretHash    []byte
	CodeHash      []byte
	WrongCodes    int
	VerifiedAt    time.Time // zero until the channel is proven
}

// Letter is one message that waits in the outbox: what happened, never to
// whom. The addressee is looked up when it is sent.
type Letter struct {
	Commitment CommitmentID // empty for a letter about a complaint
	Recipient  RecipientID
	Complaint  ComplaintID // empty for a letter about a commitment
	// Subscription is whose it is about, of a letter that asks to confirm one.
	Subscription SubscriptionID
	// Report is what a letter to subscribers is about, and to whom it still goes.
	Report Mailing
	Kind   LetterKind
	At     time.Time
	SentAt time.Time // zero until it was handed to the mail service
}

// LetterKind is which message it is.
type LetterKind string

// Letters to the collaborator.
const (
	LetterCode      LetterKind = "code"       // six digits that prove the channel
	LetterPledged   LetterKind = "pledged"    // the private link and the 2×24 h clock
	LetterLink      LetterKind = "link"       // the private link again, asked for by number
	LetterNudge     LetterKind = "nudge"      // 24 h passed without contact
	LetterLastNudge LetterKind = "last-nudge" // 40 h passed
	LetterLapsed    LetterKind = "lapsed"     // the promise went back to the map
	LetterSigned    LetterKind = "signed"     // the statement is signed, what comes next
	LetterReportDue LetterKind = "report-due" // the agreed day is over: report, or agree on another
	LetterOverdue   LetterKind = "overdue"    // a week over
	LetterPermit    LetterKind = "permit"     // the aggregator's permit has ended
	LetterReceived  LetterKind = "received"   // the steward confirmed; thanks
	LetterDisputed  LetterKind = "disputed"   // the steward confirmed fewer
	LetterWithdrawn LetterKind = "withdrawn"  // confirms that the promise was taken back
)

// Letters to the steward. Those who have no e-mail address are reached by the
// messages that the collaborator sends ("click to chat").
const (
	LetterStewardPledged   LetterKind = "steward-pledged"   // someone is coming: who, what, when, how to reach them
	LetterStewardCall      LetterKind = "steward-call"      // your number was not shown: please call them
	LetterStewardReported  LetterKind = "steward-reported"  // a delivery is reported: was it received?
	LetterAnswerDue        LetterKind = "steward-answer"    // three days without an answer
	LetterStewardLapsed    LetterKind = "steward-lapsed"    // the promise fell away
	LetterStewardWithdrawn LetterKind = "steward-withdrawn" // was taken back, or its rest was
	LetterStewardReceipt   LetterKind = "steward-receipt"   // a receipt came by code or handed-over link: was it you?
)

// Letters to the office that follows up.
const (
	LetterOfficeSilent    LetterKind = "office-silent"    // two collaborators could not reach a steward
	LetterOfficeOverdue   LetterKind = "office-overdue"   // a promise is a week over, and nobody delivered
	LetterOfficeDispute   LetterKind = "office-dispute"   // the two sides differ
	LetterOfficeComplaint LetterKind = "office-complaint" // a complaint arrived
	LetterOfficeLate      LetterKind = "office-late"      // a complaint passed its deadline
)

// SecretBytes is the length of the proof in a manage secret: 160 bits.
const SecretBytes = 20

// Secret derives the manage secret of a commitment from the installation's key,
// so that a repeated answer is identical and nothing but its hash is stored. It
// holds the id, so that the private link needs nothing else.
func Secret(key []byte, id CommitmentID, version int) (string, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(raw) != 16 {
		return "", fmt.Errorf("commitment id %q is not a UUID", id)
	}
	proof := derive(key, "manage", id, version)[:SecretBytes]
	return base64.RawURLEncoding.EncodeToString(append(raw, proof...)), nil
}

// SecretCommitment returns the commitment that a manage secret belongs to, if
// it is genuine. A malformed secret wraps ErrNotFound, as an unknown one does.
func SecretCommitment(secret string) (CommitmentID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(raw) != 16+SecretBytes {
		return "", fmt.Errorf("manage secret: %w", ErrNotFound)
	}
	return uuidOf(raw[:16]), nil
}

// StewardSecret derives the steward's own secret for a recipient. It begins with
// "s." and holds the recipient's id. A new version ends every older link.
func StewardSecret(key []byte, r RecipientID, version int) string {
	return "s." + base64.RawURLEncoding.EncodeToString(append([]byte(r), derive(key, "steward", CommitmentID(r), version)[:SecretBytes]...))
}

// HandoverSecret derives the secret that a collaborator hands to the steward,
// for one commitment only. It begins with "h." and ends with the commitment's
// last answer.
func HandoverSecret(key []byte, id CommitmentID, version int) (string, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(raw) != 16 {
		return "", fmt.Errorf("commitment id %q is not a UUID", id)
	}
	return "h." + base64.RawURLEncoding.EncodeToString(append(raw, derive(key, "handover", id, version)[:SecretBytes]...)), nil
}

// StewardScope tells what a steward's secret claims to be for: a recipient
// ("s.") or a commitment ("h."). It proves nothing; the secret is then derived
// again and compared. Anything else wraps ErrNotFound.
func StewardScope(secret string) (r RecipientID, c CommitmentID, err error) {
	refused := fmt.Errorf("steward secret: %w", ErrNotFound)
	kind, rest, _ := strings.Cut(secret, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || len(raw) <= SecretBytes || len(raw) > 100 {
		return "", "", refused
	}
	switch {
	case kind == "s":
		return RecipientID(raw[:len(raw)-SecretBytes]), "", nil
	case kind == "h" && len(raw) == 16+SecretBytes:
		return "", uuidOf(raw[:16]), nil
	}
	return "", "", refused
}

// Equal compares two secrets in constant time.
func Equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func uuidOf(raw []byte) CommitmentID {
	h := hex.EncodeToString(raw)
	return CommitmentID(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"))
}

// BASTCode derives the six characters printed on a BAST sheet, with which the
// steward confirms its receipt. They leave out letters that look like digits.
func BASTCode(key []byte, number BASTNumber) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	n := binary.BigEndian.Uint64(derive(key, "bast", CommitmentID(number), 1))
	code := make([]byte, 6)
	for i := range code {
		code[i] = letters[n&31]
		n >>= 5
	}
	return string(code)
}

// CleanBASTCode reads a code as people type it.
func CleanBASTCode(typed string) string {
	s := strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(typed, "-", " ")), ""))
	return strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s)
}

// Code derives the six digits that are mailed to prove a channel.
func Code(key []byte, id CommitmentID) string {
	n := binary.BigEndian.Uint64(derive(key, "code", id, 1))
	return fmt.Sprintf("%06d", n%1_000_000)
}

// CollaboratorOf stands for the person behind an e-mail address without
// telling the address.
func CollaboratorOf(key []byte, email string) CollaboratorID {
	return CollaboratorID(KeyedHash(key, "collaborator", strings.ToLower(email)))
}

// KeyedHash returns 128 bits, in hexadecimal, that stand for a private value
// and cannot be guessed back without the key.
func KeyedHash(key []byte, purpose, value string) string {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s\x00%s", purpose, value)
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// Hash is what is stored of a secret or a code.
func Hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Matches tells in constant time whether hash is that of secret.
func Matches(hash []byte, secret string) bool {
	return subtle.ConstantTimeCompare(hash, Hash(secret)) == 1
}

func derive(key []byte, purpose string, id CommitmentID, version int) []byte {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s\x00%s\x00%d", purpose, id, version)
	return m.Sum(nil)
}
