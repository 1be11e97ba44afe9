// Command staff-claims says what the access token of an officer holds. The user
// pool asks it before it makes one: at the sign-in, and whenever a token is
// renewed.
//
// REGION_PACK names the region pack whose areas officers answer for.
// LEDGER_TABLE names the DynamoDB table of public facts, which it does not touch.
// PRIVATE_TABLE names the DynamoDB table that holds the accounts of officers.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("staff-claims cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	accounts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	s := &server{accounts: accounts, known: func(code area.Code) bool { _, ok := pack.Area(code); return ok }}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}
