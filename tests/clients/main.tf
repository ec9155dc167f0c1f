terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "url" {
  type = string
}

variable "admin" {
  type = string
}

variable "member" {
  type = string
}

provider "aws" {
  region     = "eu-west-1"
  access_key = var.admin
  secret_key = "any"
  endpoints {
    cleanrooms  = var.url
    glue        = var.url
    securityhub = var.url
    sts         = var.url
  }
}

provider "aws" {
  alias      = "member"
  region     = "eu-west-1"
  access_key = var.member
  secret_key = "any"
  endpoints {
    cleanrooms  = var.url
    securityhub = var.url
    sts         = var.url
  }
}

# An invitation of Security Hub

resource "aws_securityhub_account" "admin" {}

resource "aws_securityhub_account" "member" {
  provider = aws.member
}

resource "aws_securityhub_member" "member" {
  depends_on = [aws_securityhub_account.admin]
  account_id = var.member
  email      = "member@example.com"
  invite     = true
}

resource "aws_securityhub_invite_accepter" "member" {
  provider   = aws.member
  depends_on = [aws_securityhub_account.member, aws_securityhub_member.member]
  master_id  = var.admin
}

resource "aws_securityhub_finding_aggregator" "all" {
  depends_on   = [aws_securityhub_account.admin]
  linking_mode = "ALL_REGIONS"
}

# A collaboration of Clean Rooms, and a table of Glue for it

resource "aws_cleanrooms_collaboration" "campaigns" {
  name                     = "Campaigns"
  description              = "Who saw what?"
  creator_display_name     = "Brand"
  creator_member_abilities = ["CAN_QUERY", "CAN_RECEIVE_RESULTS"]
  query_log_status         = "DISABLED"
  member {
    account_id       = var.member
    display_name     = "Publisher"
    member_abilities = []
  }
  tags = { team = "campaigns" }
}

resource "aws_cleanrooms_membership" "publisher" {
  provider         = aws.member
  collaboration_id = aws_cleanrooms_collaboration.campaigns.id
  query_log_status = "DISABLED"
}

resource "aws_glue_catalog_database" "shop" {
  name = "shop"
}

resource "aws_glue_catalog_table" "orders" {
  name          = "orders"
  database_name = aws_glue_catalog_database.shop.name
  storage_descriptor {
    location = "s3://shop/orders"
    columns {
      name = "customer_id"
      type = "string"
    }
    columns {
      name = "amount"
      type = "string"
    }
  }
}

resource "aws_cleanrooms_configured_table" "orders" {
  name            = "orders"
  analysis_method = "DIRECT_QUERY"
  allowed_columns = ["amount", "customer_id"]
  table_reference {
    database_name = aws_glue_catalog_database.shop.name
    table_name    = aws_glue_catalog_table.orders.name
  }
}
