// Command admin lets the first administrator into the console. Everybody after
// that is let in there, by an administrator, with a reason.
//
//	admin -sub <subject> -name <name>
//
// The subject is what the identity provider calls them, in every token. The
// command refuses where an administrator is at work already, and leaves its own
// line in the trail.
//
// LEDGER_TABLE names the table of facts, PRIVATE_TABLE the table of accounts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv); err != nil {
		slog.Error("nobody was let in", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env func(string) string) error {
	var sub, name string
	flags := flag.NewFlagSet("admin", flag.ContinueOnError)
	flags.StringVar(&sub, "sub", "", "`subject` of the identity provider")
	flags.StringVar(&name, "name", "", "`name` that colleagues see")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if sub == "" || strings.TrimSpace(name) == "" || flags.NArg() > 0 {
		return errors.New("want -sub and -name")
	}
	accounts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make id: %w", err)
	}
	return letIn(ctx, accounts, aid.OfficerID(sub), strings.TrimSpace(name), id.String(), time.Now().UTC().Truncate(time.Millisecond))
}

// accountStore is the part of the tables that is used.
type accountStore interface {
	Officers(context.Context) ([]aid.Account, error)
	PutOfficer(ctx context.Context, before, after aid.Account) error
}

// letIn makes somebody an administrator, unless there is one. It takes nobody's
// other role away.
func letIn(ctx context.Context, accounts accountStore, id aid.OfficerID, name, request string, at time.Time) error {
	all, err := accounts.Officers(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == id {
			return fmt.Errorf("%s has an account, as %s: %w", id, a.Role, aid.ErrExists)
		}
		if a.Role == aid.StaffAdmin && !a.Suspended {
			return fmt.Errorf("%s is an administrator, and lets others in: %w", a.Name, aid.ErrExists)
		}
	}
	first := aid.Account{Staff: aid.Staff{ID: id, Role: aid.StaffAdmin}, Name: name, Version: 1, ChangedAt: at}
	return accounts.PutOfficer(table.Acting(ctx, table.Act{
		ID: request, At: at, By: id, Name: name, Role: aid.StaffAdmin, Deed: aid.EditOfficers,
		Action: "first-admin", Object: "officer/" + string(id), Reason: "pengelola pertama, dari baris perintah",
	}), aid.Account{}, first)
}
