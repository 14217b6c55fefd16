#!/bin/sh
# Permits the service what it needs, and nothing else. Run it once, as an administrator, with the tools of Kafka on the path:
#
#     sh acls.sh kafka-1.example.com:9093 --command-config admin.properties
set -eu
brokers=$1
shift
principal=${PRINCIPAL:-User:card-fraud}

allow() {
  kafka-acls.sh --bootstrap-server "$brokers" "$@" --add --allow-principal "$principal"
}

# What it reads, and the group in which its processes share it.
allow "$@" --operation Read --topic card-events
allow "$@" --operation Read --group card-fraud
# What it writes.
allow "$@" --operation Write --topic card-alerts --topic card-fraud-late --topic card-fraud-dead-letters
# Its state: it reads its own, deletes what it no longer needs, and looks whether the topic would lose anything.
allow "$@" --operation Read --operation Write --operation Delete --operation DescribeConfigs --topic card-fraud-state
# Its transactions, one for each shard: card-fraud.0, card-fraud.1, …
allow "$@" --operation Write --transactional-id card-fraud. --resource-pattern-type prefixed
