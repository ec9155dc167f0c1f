# Security Hub for two accounts: one administers, the other is invited and accepts.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "administrator" {
  description = "The account that administers Security Hub"
  type        = string
}

variable "member" {
  description = "The account whose findings it sees"
  type        = string
}

variable "email" {
  description = "The e-mail address of the member"
  type        = string
}

provider "aws" {}

provider "aws" {
  alias = "member"
  assume_role {
    role_arn = "arn:aws:iam::${var.member}:role/terraform"
  }
}

resource "aws_securityhub_account" "administrator" {
  enable_default_standards = false
}

resource "aws_securityhub_account" "member" {
  provider                 = aws.member
  enable_default_standards = false
}

resource "aws_securityhub_member" "member" {
  account_id = var.member
  email      = var.email
  invite     = true
  depends_on = [aws_securityhub_account.administrator]
}

resource "aws_securityhub_invite_accepter" "member" {
  provider   = aws.member
  master_id  = var.administrator
  depends_on = [aws_securityhub_account.member, aws_securityhub_member.member]
}
