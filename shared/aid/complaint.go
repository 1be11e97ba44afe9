package aid

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ksbb/shared/area"
)

// ComplaintID is a UUIDv7 made by the sender's phone before sending.
type ComplaintID string

// Ticket returns the short name by which people speak of a complaint, such as
// "A-7F3Q-21XA". Like a commitment's number it is made from the last 40 bits of
// the id, so every machine finds the same one.
func (id ComplaintID) Ticket() string {
	return "A-" + strings.TrimPrefix(CommitmentID(id).Number(), "K-")
}

// MessageID is a UUIDv7 made by the writer before sending. The first message of
// a complaint is its text, and has the complaint's own id.
type MessageID string

// ComplaintClass is what went wrong, as the public counters split it.
type ComplaintClass string

// The classes.
const (
	NotReceived    ComplaintClass = "not_received"    // promised aid never came
	FewerReceived  ComplaintClass = "fewer"           // less came than was due
	NotDistributed ComplaintClass = "not_distributed" // came, and was not handed out
	Fictitious     ComplaintClass = "fictitious"      // the recipient does not exist
	Double         ComplaintClass = "double"          // the same aid twice, others without
	BadQuality     ComplaintClass = "bad_quality"     // spoiled, broken, against the goods rules
	NotEligible    ComplaintClass = "not_eligible"    // went to those who are not meant
	Levy           ComplaintClass = "levy"            // money was asked for (pungutan)
	Politics       ComplaintClass = "politics"        // aid used for a campaign
	PriceClass     ComplaintClass = "price"           // prices that cannot be right
	OtherClass     ComplaintClass = "other"
)

// ComplaintClasses lists every class in the order in which they are shown.
var ComplaintClasses = []ComplaintClass{
	NotReceived, FewerReceived, NotDistributed, Fictitious, Double, BadQuality, NotEligible, Levy, Politics, PriceClass, OtherClass,
}

// ComplaintState is where a complaint stands.
type ComplaintState string

// The states of a complaint.
const (
	ComplaintReceived ComplaintState = "received"
	ComplaintAssigned ComplaintState = "assigned" // somebody in an office looks into it
	ComplaintAnswered ComplaintState = "answered"
	ComplaintClosed   ComplaintState = "closed"
)

// ComplaintStates lists every state in the order of a life.
var ComplaintStates = []ComplaintState{ComplaintReceived, ComplaintAssigned, ComplaintAnswered, ComplaintClosed}

// Outcome is what an office found. The zero Outcome is none yet.
type Outcome string

// The outcomes.
const (
	Resolved   Outcome = "resolved"  // true, and put right
	Explained  Outcome = "explained" // as it should be, and explained
	Unfounded  Outcome = "unfounded"
	Forwarded  Outcome = "forwarded" // for another office or the police
	Duplicated Outcome = "duplicate" // of another complaint
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Resolved, Explained, Unfounded, Forwarded, Duplicated}

// Reporter is on whose behalf a complaint is written. Nobody knows who it is.
const Reporter Role = "reporter"

// ComplaintMove is what someone does to a complaint.
type ComplaintMove string

// The moves.
const (
	AssignComplaint   ComplaintMove = "assign"
	AnswerComplaint   ComplaintMove = "answer"
	CloseComplaint    ComplaintMove = "close"
	WriteComplaint    ComplaintMove = "write" // the reporter writes again
	EscalateComplaint ComplaintMove = "escalate"
	ForgetComplaint   ComplaintMove = "forget" // what was written goes, the count stays
)

// complaintMoves is the state machine: which move leads from which state to
// which.
var complaintMoves = map[ComplaintState]map[ComplaintMove]ComplaintState{
	ComplaintReceived: {AssignComplaint: ComplaintAssigned, AnswerComplaint: ComplaintAnswered, CloseComplaint: ComplaintClosed,
		WriteComplaint: ComplaintReceived, EscalateComplaint: ComplaintReceived},
	ComplaintAssigned: {AssignComplaint: ComplaintAssigned, AnswerComplaint: ComplaintAnswered, CloseComplaint: ComplaintClosed,
		WriteComplaint: ComplaintAssigned, EscalateComplaint: ComplaintAssigned},
	// Whoever writes after an answer is not content with it.
	ComplaintAnswered: {AssignComplaint: ComplaintAssigned, AnswerComplaint: ComplaintAnswered, CloseComplaint: ComplaintClosed, WriteComplaint: ComplaintAssigned},
	ComplaintClosed:   {ForgetComplaint: ComplaintClosed},
}

// About is whom a complaint names. The zero About names nobody. A complaint
// that names a commitment names its recipient too, and the aggregator that
// carries it.
type About struct {
	Recipient  RecipientID
	Area       area.Code // the office of a kelurahan
	Aggregator AggregatorID
	Commitment string // its number
}

// Message says that something was written, never what.
type Message struct {
	ID   MessageID
	At   time.Time
	From Role // Reporter or Officer
}

// ComplaintEvent is one step of a complaint's life.
type ComplaintEvent struct {
	At   time.Time
	Move ComplaintMove
	By   Role
}

// Complaint is the part of a complaint without anything that was written and
// without who wrote it: those live apart.
type Complaint struct {
	ID    ComplaintID
	Class ComplaintClass
	About About
	// Area is the kelurahan in which it happened, empty when nobody said.
	Area area.Code

	State       ComplaintState
	Version     int64 // rises by one with every move
	ReceivedAt  time.Time
	DueBy       time.Time // an answer is promised until then
	AssignedAt  time.Time
	AnsweredAt  time.Time // of the last answer; zero while one is owed
	ClosedAt    time.Time
	EscalatedAt time.Time // the deadline that passed last
	Outcome     Outcome
	ForgottenAt time.Time // what was written is gone
	Messages    []Message // oldest first
	Log         []ComplaintEvent
	// DueAt is the next instant at which time alone changes the complaint; zero
	// when it never does.
	DueAt time.Time
	// What the region promised when the complaint arrived, and holds to whatever it
	// promises others later: days until an answer, days until it is closed, and the
	// office that is the first to look at it. Zero is what holds everywhere.
	AnswerDays, QuietDays int
	Higher                HigherDesk
}

// HigherDesk is an office above that of a kelurahan, to which some complaints go
// at once. The zero HigherDesk is none.
type HigherDesk string

// The higher desks.
const (
	KotaDesk   HigherDesk = "kota"
	RegionDesk HigherDesk = "region"
)

// ComplaintRules are what a region promises who complains, and who looks into it.
type ComplaintRules struct {
	Days      int // an answer may take
	QuietDays int // after an answer that nobody objected to
	// Desks says which classes never begin with a kelurahan.
	Desks map[ComplaintClass]HigherDesk
}

// AnswerDays returns how many days an answer may take.
func (r ComplaintRules) AnswerDays() int { return cmp.Or(r.Days, ComplaintDays) }

// Days and counts of complaints.
const (
	// ComplaintDays is how long an answer may take where a region does not say.
	ComplaintDays = 7
	// QuietDays after an answer that nobody objected to, a complaint is closed,
	// where a region does not say.
	QuietDays = 14
	// MaxMessages bounds what may be written about one complaint: all of it has
	// to go in one transaction when its time is over.
	MaxMessages = 60
	// MaxReports of them are the reporter's, so that the office can always answer.
	MaxReports = 30
	// MinComplaint and MaxComplaint bound a text, in characters.
	MinComplaint = 10
	MaxComplaint = 4000
)

// Escalated tells whether a deadline passed without an answer.
func (c Complaint) Escalated() bool { return !c.EscalatedAt.IsZero() }

// Age returns how long the complaint has waited at instant now, or how long it
// had waited when it was answered or closed.
func (c Complaint) Age(now time.Time) time.Duration {
	end := now
	for _, t := range []time.Time{c.ClosedAt, c.AnsweredAt} {
		if !t.IsZero() && t.Before(end) {
			end = t
		}
	}
	return max(0, end.Sub(c.ReceivedAt))
}

// Desk is the office that handles a complaint. No area is the whole region.
type Desk struct {
	Role StaffRole
	Area area.Code
}

// Promised returns until when an answer was promised when the complaint arrived.
func (c Complaint) Promised() time.Time {
	return c.ReceivedAt.AddDate(0, 0, cmp.Or(c.AnswerDays, ComplaintDays))
}

// Desk returns the office that handles a complaint: that of the kelurahan it
// happened in, unless the complaint names that kelurahan or a unit in it, or is of
// a class that the region has looked at higher up; then the complaints officer of
// the kota, or of the region. One about an aggregator, which works
// everywhere, or about no known place goes to the complaints officer of the
// region. One whose deadline passed goes one desk up. It is never that of whom
// the complaint names.
func (c Complaint) Desk() Desk {
	d := c.firstDesk()
	switch {
	case !c.Escalated():
		return d
	case d.Role == StaffKelurahan:
		return Desk{StaffComplaints, d.Area.At(area.Kota)}
	}
	return Desk{Role: StaffComplaints}
}

func (c Complaint) firstDesk() Desk {
	switch {
	case c.About.Aggregator != "" || c.Higher == RegionDesk:
		return Desk{Role: StaffComplaints}
	case c.Higher == KotaDesk && c.Area != "":
		return Desk{StaffComplaints, c.Area.At(area.Kota)}
	case c.named() != "":
		return Desk{StaffComplaints, c.named().At(area.Kota)}
	case c.Area != "":
		return Desk{StaffKelurahan, c.Area}
	}
	return Desk{Role: StaffComplaints}
}

// named returns the kelurahan that a complaint names, or names a unit of.
func (c Complaint) named() area.Code {
	if c.About.Recipient == "" && c.About.Area == "" {
		return ""
	}
	return c.Area
}

// Sees tells whether a member of staff may see a complaint and act on it:
// complaints officers for the areas that hold its desk, the kelurahan if the
// desk is its own, admins. Nobody sees what names their own office, a unit in
// its care or a unit of which they are part; aggregators see no complaint.
func (s Staff) Sees(c Complaint) bool {
	if s.Aggregator != "" || s.Role == StaffAggregator {
		return false
	}
	if named := c.named(); named != "" && slices.ContainsFunc(s.Areas, named.Contains) {
		return false
	}
	desk := c.firstDesk()
	switch s.Role {
	case StaffAdmin, StaffComplaints:
		if len(s.Areas) == 0 {
			return true
		}
		return desk.Area != "" && slices.ContainsFunc(s.Areas, func(a area.Code) bool { return a.Contains(desk.Area) })
	case StaffKelurahan:
		return desk.Role == StaffKelurahan && slices.Contains(s.Areas, desk.Area)
	}
	return false
}

// ComplaintDraft is a complaint as a person fills it in.
type ComplaintDraft struct {
	ID    ComplaintID
	Class ComplaintClass
	About About     // at most one member
	Area  area.Code // where it happened, when About does not say
	Text  string
	Email string // may be empty: nobody has to say who they are
}

// Words is the private part of a complaint.
type Words struct {
	Text  string
	Email string
}

// Check applies every rule for a new complaint at instant now. place and
// commitment are what the draft names, as they stand, and the place of the
// commitment; zero says that there is none such. kelurahan tells whether there
// is such a kelurahan. It returns an *InvalidError that lists all that is wrong.
func (d ComplaintDraft) Check(cat *Catalogue, kelurahan func(area.Code) bool, place Place, commitment Commitment, now time.Time) (Complaint, Words, error) {
	now = now.UTC().Truncate(time.Millisecond)
	c := checker{cat: cat}
	complaint := Complaint{
		ID: d.ID, Class: d.Class, About: d.About, State: ComplaintReceived, Version: 1, ReceivedAt: now,
		AnswerDays: cat.Complaints.Days, QuietDays: cat.Complaints.QuietDays, Higher: cat.Complaints.Desks[d.Class],
		Messages: []Message{{ID: MessageID(d.ID), At: now, From: Reporter}},
	}
	switch {
	case d.Class == "":
		c.wrong("/class", "required", "one of %v", ComplaintClasses)
	case !slices.Contains(ComplaintClasses, d.Class):
		c.wrong("/class", "unknown", "one of %v", ComplaintClasses)
	}
	names := 0
	for _, is := range []bool{d.About.Recipient != "", d.About.Area != "", d.About.Aggregator != "", d.About.Commitment != ""} {
		if is {
			names++
		}
	}
	if names > 1 {
		c.wrong("/about", "duplicate", "name one of recipient, area, aggregator, commitment")
	}
	switch a := d.About; {
	case a.Recipient != "":
		if place.Recipient.ID != a.Recipient {
			c.wrong("/about/recipient", "unknown", "no such recipient")
		}
		complaint.Area = place.Recipient.Area.At(area.Kelurahan)
	case a.Area != "":
		if !kelurahan(a.Area) {
			c.wrong("/about/area", "unknown", "no such kelurahan")
		}
		complaint.Area = a.Area
	case a.Commitment != "":
		number, ok := CleanNumber(a.Commitment)
		if !ok || commitment.ID == "" || commitment.ID.Number() != number || place.Recipient.ID != commitment.Recipient {
			c.wrong("/about/commitment", "unknown", "no such commitment")
		}
		complaint.About = About{Commitment: number, Recipient: commitment.Recipient, Aggregator: commitment.Aggregator}
		complaint.Area = place.Recipient.Area.At(area.Kelurahan)
	case a.Aggregator != "":
		if _, ok := cat.Aggregators[a.Aggregator]; !ok {
			c.wrong("/about/aggregator", "unknown", "no such aggregator")
		}
	}
	switch {
	case d.Area == "" || d.Area == complaint.Area:
	case complaint.Area != "":
		c.wrong("/area", "not_allowed", "what is named says where it is")
	case !kelurahan(d.Area):
		c.wrong("/area", "unknown", "no such kelurahan")
	default:
		complaint.Area = d.Area
	}
	words := Words{Text: c.paragraphs("/text", d.Text, MinComplaint, MaxComplaint)}
	if strings.TrimSpace(d.Email) != "" {
		var ok bool
		if words.Email, ok = CleanEmail(d.Email); !ok {
			c.wrong("/contact/email", "email", "not an address that a letter can be sent to")
		}
	}
	if len(c.fields) > 0 {
		return Complaint{}, Words{}, &InvalidError{Fields: c.fields}
	}
	complaint.DueBy = complaint.Promised()
	complaint.DueAt = complaint.due()
	return complaint, words, nil
}

// CheckMessage returns a further message as it is kept.
func CheckMessage(text string) (string, error) {
	var c checker
	clean := c.paragraphs("/text", text, 1, MaxComplaint)
	if len(c.fields) > 0 {
		return "", &InvalidError{Fields: c.fields}
	}
	return clean, nil
}

// paragraphs cleans a text of several lines.
func (c *checker) paragraphs(pointer, s string, least, most int) string {
	clean, err := CleanParagraphs(s, most)
	var refused *TextError
	switch n := utf8.RuneCountInString(clean); {
	case errors.As(err, &refused):
		c.wrong(pointer, refused.Code, "%s", refused.Detail)
	case n == 0:
		c.wrong(pointer, "required", "must not be empty")
	case n < least:
		c.wrong(pointer, "too_short", "at least %d characters", least)
	}
	return clean
}

// CleanParagraphs does as [CleanText] with every line of s, and keeps the line
// breaks between them, of empty lines at most one in a row. max bounds all of
// it together.
func CleanParagraphs(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", &TextError{"text", "not valid UTF-8"}
	}
	var lines []string
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\t", " ").Replace(s), "\n") {
		clean, err := CleanText(line, max)
		if err != nil {
			return "", err
		}
		if clean == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, clean)
	}
	clean := strings.TrimSuffix(strings.Join(lines, "\n"), "\n")
	if utf8.RuneCountInString(clean) > max {
		return "", &TextError{"too_long", fmt.Sprintf("longer than %d characters", max)}
	}
	return clean, nil
}

// Allows tells whether the complaint as it stands allows a move.
func (c Complaint) Allows(m ComplaintMove) bool {
	_, ok := complaintMoves[c.State][m]
	return ok
}

// move begins every move: it refuses one that the state does not allow.
func (c Complaint) move(m ComplaintMove) (Complaint, error) {
	to, ok := complaintMoves[c.State][m]
	if !ok {
		return c, &StateError{State: State(c.State)}
	}
	c.State = to
	return c, nil
}

// moved ends every move. It copies what it appends to.
func (c Complaint) moved(m ComplaintMove, by Role, now time.Time) Complaint {
	c.Version++
	c.Log = append(slices.Clone(c.Log), ComplaintEvent{At: now, Move: m, By: by})
	c.DueAt = c.due()
	return c
}

// Assigned returns the complaint in the hands of a member of staff. One who may
// not see it wraps ErrDenied.
func (c Complaint) Assigned(to Staff, now time.Time) (Complaint, error) {
	if !to.Sees(c) {
		return c, fmt.Errorf("assign complaint %s: %w", c.ID, ErrDenied)
	}
	after, err := c.move(AssignComplaint)
	if err == nil && c.Version >= MaxVersion { // messages bound every other move
		err = &StateError{State: State(c.State)}
	}
	if err != nil {
		return c, err
	}
	after.AssignedAt = now
	if c.State == ComplaintAnswered { // taken up again: an answer is owed again
		after.owe(now)
	}
	return after.moved(AssignComplaint, Officer, now), nil
}

// Answered returns the complaint with one answer more, and what was found. One
// by staff who may not see it wraps ErrDenied.
func (c Complaint) Answered(by Staff, message MessageID, outcome Outcome, now time.Time) (Complaint, error) {
	if !by.Sees(c) {
		return c, fmt.Errorf("answer complaint %s: %w", c.ID, ErrDenied)
	}
	if !slices.Contains(Outcomes, outcome) {
		return c, &InvalidError{Fields: []Field{{Pointer: "/outcome", Code: "unknown", Detail: fmt.Sprintf("one of %v", Outcomes)}}}
	}
	after, err := c.move(AnswerComplaint)
	if err == nil {
		err = after.say(message, Officer, now)
	}
	if err != nil {
		return c, err
	}
	after.AnsweredAt, after.Outcome = now, outcome
	return after.moved(AnswerComplaint, Officer, now), nil
}

// Closed returns the complaint at its end. One by staff who may not see it
// wraps ErrDenied.
func (c Complaint) Closed(by Staff, outcome Outcome, now time.Time) (Complaint, error) {
	if !by.Sees(c) {
		return c, fmt.Errorf("close complaint %s: %w", c.ID, ErrDenied)
	}
	if !slices.Contains(Outcomes, outcome) {
		return c, &InvalidError{Fields: []Field{{Pointer: "/outcome", Code: "unknown", Detail: fmt.Sprintf("one of %v", Outcomes)}}}
	}
	after, err := c.move(CloseComplaint)
	if err != nil {
		return c, err
	}
	after.ClosedAt, after.Outcome = now, outcome
	return after.moved(CloseComplaint, Officer, now), nil
}

// Written returns the complaint after its reporter wrote again. After an answer
// that begins the time for another one. A message that is there already changes
// nothing.
func (c Complaint) Written(message MessageID, now time.Time) (Complaint, error) {
	if slices.ContainsFunc(c.Messages, func(m Message) bool { return m.ID == message && m.From == Reporter }) {
		return c, nil
	}
	after, err := c.move(WriteComplaint)
	if err == nil {
		err = after.say(message, Reporter, now)
	}
	if err != nil {
		return c, err
	}
	if c.State == ComplaintAnswered {
		after.owe(now)
	}
	return after.moved(WriteComplaint, Reporter, now), nil
}

// owe begins the time for another answer.
func (c *Complaint) owe(now time.Time) {
	c.DueBy, c.AnsweredAt, c.Outcome = now.AddDate(0, 0, cmp.Or(c.AnswerDays, ComplaintDays)), time.Time{}, ""
}

// say adds a message. An id that is taken wraps ErrExists.
func (c *Complaint) say(id MessageID, from Role, now time.Time) error {
	if slices.ContainsFunc(c.Messages, func(m Message) bool { return m.ID == id }) {
		return fmt.Errorf("message %s: %w", id, ErrExists)
	}
	said := 0
	for _, m := range c.Messages {
		if m.From == Reporter {
			said++
		}
	}
	if len(c.Messages) >= MaxMessages || from == Reporter && said >= MaxReports {
		return &StateError{State: State(c.State)}
	}
	c.Messages = append(slices.Clone(c.Messages), Message{ID: id, At: now, From: from})
	return nil
}

// due returns the next instant at which time alone changes the complaint, the
// zero time when it never does.
func (c Complaint) due() time.Time {
	switch {
	case c.State == ComplaintReceived || c.State == ComplaintAssigned:
		if c.EscalatedAt.Before(c.DueBy) {
			return c.DueBy
		}
	case c.State == ComplaintAnswered:
		return c.AnsweredAt.AddDate(0, 0, cmp.Or(c.QuietDays, QuietDays))
	case c.State == ComplaintClosed && c.ForgottenAt.IsZero():
		return c.ClosedAt.AddDate(0, 0, RetentionDays)
	}
	return time.Time{}
}

// Elapsed returns the complaint after the first thing that time alone does to
// it up to and including instant now, with the letters that go out for it. It
// returns false when there is nothing to do; until then it is called again. A
// late run leads to the same state as one on time.
func (c Complaint) Elapsed(now time.Time) (after Complaint, m ComplaintMove, letters []LetterKind, ok bool) {
	at := c.due()
	if at.IsZero() || at.After(now) {
		return c, "", nil, false
	}
	switch c.State {
	case ComplaintReceived, ComplaintAssigned:
		m, letters = EscalateComplaint, []LetterKind{LetterOfficeLate}
	case ComplaintAnswered:
		m = CloseComplaint
	default:
		m = ForgetComplaint
	}
	after, err := c.move(m)
	if err != nil {
		return c, "", nil, false
	}
	switch m {
	case EscalateComplaint:
		after.EscalatedAt = at
	case CloseComplaint:
		after.ClosedAt = at
	case ForgetComplaint:
		after.ForgottenAt = at
	}
	return after.moved(m, Clock, at), m, letters, true
}

// ComplaintSecret derives the secret of a complaint's private link. It begins
// with "a." and holds the id, so that the link needs nothing else.
func ComplaintSecret(key []byte, id ComplaintID, version int) (string, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(raw) != 16 {
		return "", fmt.Errorf("complaint id %q is not a UUID", id)
	}
	return "a." + base64.RawURLEncoding.EncodeToString(append(raw, derive(key, "complaint", CommitmentID(id), version)[:SecretBytes]...)), nil
}

// SecretComplaint returns the complaint that a secret belongs to, if it is
// genuine. A malformed secret wraps ErrNotFound, as an unknown one does.
func SecretComplaint(secret string) (ComplaintID, error) {
	rest, ok := strings.CutPrefix(secret, "a.")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if !ok || err != nil || len(raw) != 16+SecretBytes {
		return "", fmt.Errorf("complaint secret: %w", ErrNotFound)
	}
	return ComplaintID(uuidOf(raw[:16])), nil
}
