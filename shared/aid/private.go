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
	Commitment CommitmentID
	Recipient  RecipientID
	Kind       LetterKind
	At         time.Time
	SentAt     time.Time // zero until it was handed to the mail service
}

// LetterKind is which message it is.
type LetterKind string

// The letters that exist so far.
const (
	LetterCode      LetterKind = "code"      // six digits that prove the channel
	LetterPledged   LetterKind = "pledged"   // the private link and the 2×24 h clock
	LetterWithdrawn LetterKind = "withdrawn" // confirms that the promise was taken back
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
	h := hex.EncodeToString(raw[:16])
	return CommitmentID(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")), nil
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
