package aid

import (
	"slices"
	"strings"
	"time"
)

// IdeaID is a UUIDv7 made by the sender's phone before sending.
type IdeaID string

// IdeaTopic is what an idea is about (S-151).
type IdeaTopic string

// IdeaTopics lists every topic in the order in which they are shown.
var IdeaTopics = []IdeaTopic{"help", "place", "data", "partner", "site", "other"}

// Idea is the part of an idea without what was written and by whom. Nothing of
// it is shown anywhere until an officer publishes it.
type Idea struct {
	ID         IdeaID
	Topic      IdeaTopic
	State      string // IdeaReceived, or what was decided
	ReceivedAt time.Time
}

// The states of an idea.
const (
	IdeaReceived = "received" // nobody has read it yet
	IdeaRead     = "read"
	IdeaKept     = "kept" // worth coming back to
	IdeaSpam     = "spam"
)

// Decided returns the idea after somebody read it and decided what becomes of it.
// It may be decided otherwise later; the same again changes nothing.
func (i Idea) Decided(state string) (Idea, error) {
	if state != IdeaRead && state != IdeaKept && state != IdeaSpam {
		return i, &InvalidError{Fields: []Field{{Pointer: "/decision", Code: "unknown", Detail: "read, kept or spam"}}}
	}
	i.State = state
	return i, nil
}

// MaxIdea bounds the text of an idea, in characters.
const MaxIdea = 2000

// IdeaDraft is an idea as a person fills it in.
type IdeaDraft struct {
	ID          IdeaID
	Topic       IdeaTopic
	Text        string
	Name, Email string // may be empty
}

// IdeaWords is the private part of an idea.
type IdeaWords struct{ Text, Name, Email string }

// Check applies every rule for a new idea at instant now. It returns an
// *InvalidError that lists all that is wrong.
func (d IdeaDraft) Check(now time.Time) (Idea, IdeaWords, error) {
	var c checker
	switch {
	case d.Topic == "":
		c.wrong("/topic", "required", "one of %v", IdeaTopics)
	case !slices.Contains(IdeaTopics, d.Topic):
		c.wrong("/topic", "unknown", "one of %v", IdeaTopics)
	}
	words := IdeaWords{Text: c.paragraphs("/text", d.Text, MinComplaint, MaxIdea)}
	if strings.TrimSpace(d.Name) != "" {
		words.Name = c.text("/name", d.Name, MaxName, "text")
	}
	if strings.TrimSpace(d.Email) != "" {
		var ok bool
		if words.Email, ok = CleanEmail(d.Email); !ok {
			c.wrong("/contact/email", "email", "not an address that a letter can be sent to")
		}
	}
	if len(c.fields) > 0 {
		return Idea{}, IdeaWords{}, &InvalidError{Fields: c.fields}
	}
	return Idea{ID: d.ID, Topic: d.Topic, State: IdeaReceived, ReceivedAt: now.UTC().Truncate(time.Millisecond)}, words, nil
}
