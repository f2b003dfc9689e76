# Repeat the main fit, the model `casemix`, in R's lme4 (apt: r-cran-lme4), from exported clients:
#
#   iatrogenesis export results/default --to csv --out exported
#   Rscript docs/lme4.R exported/clients.csv
#
# Finished courses only. First scores and deprivation are standardised by these clients' own mean and SD, age bands are
# centred dummies against 26-64, so that the intercept is the log odds of the average client, as in docs/models.md.
# Maximum likelihood, adaptive Gauss-Hermite quadrature with 25 nodes. A second file is written, if one is named. Other
# covariates can be named behind it, for a service's own: numbers are standardised, texts become centred dummies.
#
#   Rscript docs/lme4.R exported/clients.csv lme4.csv phq9_first age_band x_diagnosis
arguments <- commandArgs(trailingOnly = TRUE)
usual <- c("phq9_first", "gad7_first", "deprivation", "age_band")
text <- c(client_id = "character", therapist_id = "character", finished = "character", deteriorated = "character")
clients <- read.csv(arguments[1], colClasses = text, na.strings = "", encoding = "UTF-8")

yes <- function(x) tolower(x) == "true"
standardised <- function(x) (x - mean(x)) / sqrt(mean((x - mean(x))^2))

asked <- arguments[-(1:2)]
if (length(unknown <- setdiff(asked, names(clients)))) {
  stop("no column ", unknown[1], " in ", arguments[1])
}
known <- if (length(asked)) asked else intersect(usual, names(clients))
judged <- yes(clients$finished) & !is.na(clients$deteriorated)
complete <- judged & complete.cases(clients[known])
if (sum(judged) > sum(complete)) {
  message(sum(judged) - sum(complete), " finished courses lack a covariate and are left out.")
}
clients <- clients[complete, ]

columns <- data.frame(deteriorated = as.integer(yes(clients$deteriorated)), therapist = factor(clients$therapist_id))
terms <- character()
for (name in known) {
  if (is.numeric(clients[[name]])) {
    columns[[name]] <- standardised(clients[[name]])
    terms <- c(terms, name)
    next
  }
  counts <- sort(table(clients[[name]]), decreasing = TRUE)
  reference <- if (name == "age_band") "26-64" else names(counts)[1]
  for (level in setdiff(sort(names(counts)), reference)) {
    term <- paste0(sub("_band$", "", name), "[", level, "]")
    columns[[term]] <- as.numeric(clients[[name]] == level) - mean(clients[[name]] == level)
    terms <- c(terms, term)
  }
}
formula <- reformulate(c(sprintf("`%s`", terms), "(1 | therapist)"), "deteriorated")
fit <- lme4::glmer(formula, columns, family = binomial, nAGQ = 25,
  control = lme4::glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))

beta <- summary(fit)$coefficients
sd <- as.data.frame(lme4::VarCorr(fit))$sdcor[1]
vpc <- sd^2 / (sd^2 + pi^2 / 3) # on the scale of the log odds
names <- c("intercept", gsub("`", "", rownames(beta)[-1]), "therapist_sd", "vpc")
found <- data.frame(
  parameter = names, estimate = c(beta[, "Estimate"], sd, vpc), error = c(beta[, "Std. Error"], NA, NA),
  row.names = NULL
)
cat(nrow(columns), "finished courses of", nlevels(columns$therapist), "therapists,",
  sum(columns$deteriorated), "deteriorated\n")
print(found, digits = 3)
if (length(arguments) > 1) {
  write.csv(found, arguments[2], row.names = FALSE, na = "")
}
