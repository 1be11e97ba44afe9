package aid

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SubscriptionID is a random UUID made by the subscriber's phone before sending.
// Only the phone and the subscriber's own letters name it: who knows it may end
// the subscription, and can do nothing else with it.
type SubscriptionID string

// Cadence is how often a public report comes out.
type Cadence string

// The cadences of public reports.
const (
	EveryDay   Cadence = "daily"
	EveryWeek  Cadence = "weekly"
	EveryMonth Cadence = "monthly"
)

// Cadences lists every cadence, the rarest first.
var Cadences = []Cadence{EveryMonth, EveryWeek, EveryDay}

// CadenceOf tells how often a report like that of a period comes out: 2026-03 is
// monthly, 2026-W14 weekly, 2026-03-31 daily. It is false for what names no
// period.
func CadenceOf(period string) (Cadence, bool) {
	if _, err := ParseDay(period); err == nil {
		return EveryDay, true
	}
	if _, err := time.Parse("2006-01", period); err == nil {
		return EveryMonth, true
	}
	year, week, _ := strings.Cut(period, "-W")
	if len(year) != 4 || len(week) != 2 || strings.Trim(year+week, "0123456789") != "" || week < "01" || week > "53" {
		return "", false
	}
	return EveryWeek, true
}

// Subscription is somebody's wish to be sent public reports. It is private
// altogether: who reads reports is nobody's business.
type Subscription struct {
	ID          SubscriptionID
	Email       string
	Address     string    // keyed hash of Email
	Cadences    []Cadence // in the order of [Cadences], at least one
	Language    string    // "id" or "en", of the letters
	SecretHash  []byte    // of the link that confirms it
	AskedAt     time.Time
	ConfirmedAt time.Time // zero until the address is proven to be the subscriber's
}

// ConfirmHours is how long a subscription waits to be confirmed. Then it is
// forgotten with its address.
const ConfirmHours = 48

// ConfirmBy returns when a subscription that nobody confirmed is forgotten.
func (s Subscription) ConfirmBy() time.Time { return s.AskedAt.Add(ConfirmHours * time.Hour) }

// Confirmed tells whether letters may be sent.
func (s Subscription) Confirmed() bool { return !s.ConfirmedAt.IsZero() }

// Gone tells whether a subscription is to be treated as forgotten at an instant,
// although it may still be stored.
func (s Subscription) Gone(now time.Time) bool {
	return !s.Confirmed() && !now.Before(s.ConfirmBy())
}

// SubscriptionDraft is a subscription as a person fills it in.
type SubscriptionDraft struct {
	ID       SubscriptionID
	Email    string
	Cadences []Cadence
	Language string // empty for "id"
}

// Check applies every rule for a new subscription at instant now. It returns an
// *InvalidError that lists all that is wrong.
func (d SubscriptionDraft) Check(now time.Time) (Subscription, error) {
	var c checker
	s := Subscription{ID: d.ID, Language: "id", AskedAt: now.UTC().Truncate(time.Millisecond)}
	email, ok := CleanEmail(d.Email)
	switch {
	case strings.TrimSpace(d.Email) == "":
		c.wrong("/email", "required", "an address to write to")
	case !ok:
		c.wrong("/email", "email", "not an address that a letter can be sent to")
	}
	s.Email = email
	for i, wanted := range d.Cadences {
		if !slices.Contains(Cadences, wanted) {
			c.wrong(fmt.Sprintf("/kinds/%d", i), "unknown", "one of %v", Cadences)
		}
	}
	for _, known := range Cadences {
		if slices.Contains(d.Cadences, known) {
			s.Cadences = append(s.Cadences, known)
		}
	}
	if len(d.Cadences) == 0 {
		c.wrong("/kinds", "required", "at least one of %v", Cadences)
	}
	switch d.Language {
	case "", "id":
	case "en":
		s.Language = "en"
	default:
		c.wrong("/language", "unknown", "id or en")
	}
	if len(c.fields) > 0 {
		return Subscription{}, &InvalidError{Fields: c.fields}
	}
	return s, nil
}

// Letters to subscribers.
const (
	LetterSubscribe LetterKind = "subscribe" // asks whether reports are really wanted
	LetterReport    LetterKind = "report"    // a report is out
)

// Mailing is the rest of the letters about one report that are still to be
// written: those to the subscribers of a shard that come after one, and of all
// later shards.
type Mailing struct {
	Period   string
	Revision int
	Shard    int
	After    SubscriptionID // empty for the beginning of the shard
}

// subscriptionVersion ends every link of an earlier one when it is raised.
const subscriptionVersion = 1

// SubscriptionSecret derives the secret that confirms a subscription. It begins
// with "l." and holds the id. It stands for the address too: whoever asks in
// another's name under an id that was their own cannot confirm it with their
// old link.
func SubscriptionSecret(key []byte, id SubscriptionID, email string) (string, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(raw) != 16 {
		return "", fmt.Errorf("subscription id %q is not a UUID", id)
	}
	proof := derive(key, "subscription", CommitmentID(string(id)+"\x00"+email), subscriptionVersion)[:SecretBytes]
	return "l." + base64.RawURLEncoding.EncodeToString(append(raw, proof...)), nil
}

// SecretSubscription returns the subscription that a secret belongs to, if it is
// genuine. A malformed secret wraps ErrNotFound, as an unknown one does.
func SecretSubscription(secret string) (SubscriptionID, error) {
	rest, ok := strings.CutPrefix(secret, "l.")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if !ok || err != nil || len(raw) != 16+SecretBytes {
		return "", fmt.Errorf("subscription secret: %w", ErrNotFound)
	}
	return SubscriptionID(uuidOf(raw[:16])), nil
}
