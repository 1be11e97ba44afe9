// Command breach lists whose contacts were shown, or could have been, so that
// they are told within three days (UU PDP 27/2022, article 46). It reads, and
// writes comma-separated values to standard output, one line for each person.
//
//	breach -from 2026-03-01 -to 2026-03-03    contacts that were shown on those days
//	breach -commitment <id>                   a collaborator's private link got into other hands
//	breach -recipient <id>                    a steward's link did
//
// With a link, -from and -to say since when and until when it was in other
// hands: what was shown in that time was seen, all else it opens could have
// been.
//
// LEDGER_TABLE names the table of facts, PRIVATE_TABLE the table of contacts.
// The list is personal data itself: keep it no longer than it takes to tell
// everybody.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		slog.Error("breach cannot be listed", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	q, err := parse(args)
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	people, err := q.list(ctx, facts)
	if err != nil {
		return err
	}
	return write(out, people)
}

// parse reads what is asked for.
func parse(args []string) (query, error) {
	var from, to, commitment, recipient string
	flags := flag.NewFlagSet("breach", flag.ContinueOnError)
	flags.StringVar(&from, "from", "", "first `day` of the window")
	flags.StringVar(&to, "to", "", "last `day` of the window")
	flags.StringVar(&commitment, "commitment", "", "`id` whose private link got into other hands")
	flags.StringVar(&recipient, "recipient", "", "`id` whose steward's link did")
	if err := flags.Parse(args); err != nil {
		return query{}, err
	}
	q := query{commitment: aid.CommitmentID(commitment), recipient: aid.RecipientID(recipient)}
	if flags.NArg() > 0 || commitment != "" && recipient != "" || commitment == "" && recipient == "" && from == "" {
		return query{}, errors.New("name a window, a commitment or a recipient")
	}
	if (from == "") != (to == "") {
		return query{}, errors.New("a window has a first and a last day")
	}
	if from == "" {
		return q, nil
	}
	var err error
	if q.from, err = aid.ParseDay(from); err != nil {
		return query{}, err
	}
	if q.to, err = aid.ParseDay(to); err != nil {
		return query{}, err
	}
	if q.to < q.from || q.to > q.from.Plus(longestWindow) {
		return query{}, fmt.Errorf("from %s to %s is no window of at most %d days", q.from, q.to, longestWindow)
	}
	return q, nil
}

// longestWindow is how long it is remembered what was shown.
const longestWindow = 2 * 366

var header = []string{"person", "recipient", "commitment", "name", "email", "phone", "contact", "times", "first", "last", "by"}

// write spells the list. A name is what somebody typed, so it never begins as a
// formula of the program that the list is opened with.
func write(out io.Writer, people []person) error {
	w := csv.NewWriter(out)
	if err := w.Write(header); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	for _, p := range people {
		contact := "could have been shown"
		if len(p.looks) > 0 {
			contact = "shown"
		}
		name, email, phone := harmless(p.contact.Name), harmless(p.contact.Email), p.contact.Phone
		if p.gone {
			name = "(forgotten)"
		}
		first, last := p.span()
		row := []string{string(p.role), string(p.recipient), p.number(), name, email, phone, contact, strconv.Itoa(len(p.looks)), first, last, p.seenBy()}
		if err := w.Write(row); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}

func harmless(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@') {
		return "'" + s
	}
	return s
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
