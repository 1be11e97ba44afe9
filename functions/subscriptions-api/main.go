// Command subscriptions-api takes subscriptions to public reports from people
// who prove their address, and ends them with one click.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts, with the outbox.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EDGE_KEY is the word with which the edge in front of the gateway proves itself;
// empty where there is no edge.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("subscriptions-api cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	wishes, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	// The key is read while nobody waits: it opens the connection that the first
	// request will use. Should it fail, that request asks again.
	soon, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := wishes.Key(soon); err != nil {
		slog.Warn("installation key not read yet", "err", err)
	}
	s := &server{store: wishes, zone: pack.Zone, now: time.Now, edgeKey: env("EDGE_KEY")}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
