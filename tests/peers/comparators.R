# What R packages, or a few lines of R, say about what the simulation study's comparators say.
#
#   Rscript comparators.R FOLDER OUTPUT
#
# FOLDER holds simulated.csv and cbpp.csv as for fit.R, and rated.csv: one row per client with columns events, unit and
# the covariates by name. The reliability of rated.csv's ratings is .8.
suppressMessages({ library(lme4); library(glmmTMB); library(geepack); library(sandwich) })
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
reliability <- 0.8

rows <- list()
keep <- function(peer, set, parameter, estimate, error = NA, low = NA, high = NA) {
  rows[[length(rows) + 1]] <<- data.frame(peer, dataset = set, parameter, estimate, error, low, high)
}
binomial_formula <- function(left, terms, right = NULL) as.formula(paste(left, "~", paste(c(terms, right), collapse = " + ")))

# lme4: profile likelihood of the therapist SD, with quadrature and with Laplace's approximation.
for (set in c("simulated", "cbpp")) {
  data <- read.csv(file.path(folder, paste0(set, ".csv")))
  terms <- grep("^x[0-9]+$", names(data), value = TRUE)
  formula <- binomial_formula("cbind(events, trials - events)", terms, "(1 | unit)")
  for (nodes in c(25, 1)) {
    fit <- glmer(formula, data, family = binomial, nAGQ = nodes,
      control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
    ends <- suppressMessages(suppressWarnings(confint(fit, "theta_", method = "profile")))
    peer <- if (nodes == 1) "lme4, Laplace" else "lme4"
    table <- summary(fit)$coefficients
    keep(peer, set, rownames(table), table[, 1], table[, 2])
    keep(peer, set, "therapist_sd", as.data.frame(VarCorr(fit))$sdcor[1], low = ends[1], high = ends[2])
  }
}

rated <- read.csv(file.path(folder, "rated.csv"))
covariates <- setdiff(names(rated), c("events", "unit"))
like <- setdiff(covariates, grep("_rating", covariates, value = TRUE))
rated$therapist <- factor(rated$unit)

# glmmTMB: predictions of therapists at average case mix, whose errors include those of all estimates.
fit <- glmmTMB(binomial_formula("events", like, "(1 | therapist)"), rated, family = binomial)
new <- data.frame(therapist = levels(rated$therapist))
new[like] <- 0
at <- predict(fit, new, type = "link", se.fit = TRUE)
keep("glmmTMB, prediction", "rated", new$therapist, at$fit, at$se.fit)

# glmmTMB: beta-binomial without covariates.
counts <- aggregate(cbind(events, clients = 1) ~ therapist, rated, sum)
fit <- glmmTMB(cbind(events, clients - events) ~ 1, counts, family = betabinomial)
keep("glmmTMB, beta-binomial", "rated", c("logit_mean", "size"), c(fixef(fit)$cond, sigma(fit)),
  c(sqrt(vcov(fit)$cond[1, 1]), NA))

# geepack: the uncorrected sandwich.
fit <- geeglm(binomial_formula("events", covariates), data = rated, id = unit, family = binomial, corstr = "exchangeable")
table <- summary(fit)$coefficients
keep("geepack", "rated", rownames(table), table[, 1], table[, 2])

# sandwich: therapists drawn with replacement.
fit <- glm(binomial_formula("events", covariates), data = rated, family = binomial)
set.seed(1)
errors <- sqrt(diag(suppressWarnings(vcovBS(fit, cluster = ~unit, R = 2000))))
keep("sandwich, bootstrap", "rated", names(errors), coef(fit), errors)

# Firth's penalised likelihood with a column per therapist, its profile, and the intercept's correction (FLIC).
own <- c(like, "fit_rating_within")
columns <- as.matrix(cbind(model.matrix(~ 0 + therapist, rated), rated[own]))
penalised <- function(beta) {
  odds <- as.vector(columns %*% beta)
  root <- columns * sqrt(plogis(odds) * plogis(-odds))
  sum(rated$events * odds - log1p(exp(odds))) + 0.5 * as.numeric(determinant(crossprod(root))$modulus)
}
score <- function(beta) {
  rate <- plogis(as.vector(columns %*% beta))
  root <- columns * sqrt(rate * (1 - rate))
  leverage <- rowSums((root %*% solve(crossprod(root))) * root)
  as.vector(crossprod(columns, rated$events - rate + leverage * (0.5 - rate)))
}
highest <- function(start, held = integer(0), value = numeric(0)) {
  free <- setdiff(seq_along(start), held)
  full <- function(x) { beta <- start; beta[free] <- x; beta[held] <- value; beta }
  best <- optim(start[free], function(x) -penalised(full(x)), function(x) -score(full(x))[free], method = "BFGS",
    control = list(maxit = 1000, reltol = 1e-14))
  list(beta = full(best$par), value = -best$value)
}
best <- highest(c(rep(-2, nlevels(rated$therapist)), rep(0, length(own))))
place <- ncol(columns)
drop <- function(x) 2 * (best$value - highest(best$beta, place, x)$value) - qchisq(0.95, 1)
centre <- best$beta[place]
keep("R, Firth", "rated", "fit_rating_within", centre, low = uniroot(drop, c(centre - 1, centre), tol = 1e-6)$root,
  high = uniroot(drop, c(centre, centre + 1), tol = 1e-6)$root)
odds <- as.vector(columns %*% best$beta)
shift <- coef(glm(events ~ 1, data = rated, family = binomial, offset = odds))
case_mix <- as.vector(columns[, own] %*% tail(best$beta, length(own)))
rate <- sapply(head(best$beta, -length(own)) + shift, function(x) mean(plogis(x + case_mix)))
keep("R, Firth", "rated", levels(rated$therapist), rate)

# Funnel limits: expected numbers by glm, winsorised z-scores, additive overdispersion (Spiegelhalter 2005).
expected <- tapply(fitted(glm(binomial_formula("events", like), data = rated, family = binomial)), rated$therapist, sum)
observed <- tapply(rated$events, rated$therapist, sum)
z <- 2 * (sqrt(observed) - sqrt(expected))
inner <- pmin(pmax(z, quantile(z, 0.1)), quantile(z, 0.9))
weight <- 4 * expected
count <- length(z)
tau2 <- max(0, (count * mean(inner^2) - (count - 1)) / (sum(weight) - sum(weight^2) / sum(weight)))
keep("R, funnel", "rated", "between", tau2)
keep("R, funnel", "rated", levels(rated$therapist), (sqrt(observed / expected) - 1) / sqrt(1 / weight + tau2))
exact <- sapply(seq_along(observed), function(j) poisson.test(observed[j], expected[j])$conf.int)
keep("R, exact", "rated", levels(rated$therapist), observed / expected, low = exact[1, ], high = exact[2, ])

# Regression calibration, the plain way: each rating replaced by the trait that it leads to expect, then lme4.
two <- c("competence_rating", "burnout_rating")
ratings <- rated[!duplicated(rated$unit), two]
trait <- cov(ratings) - (1 - reliability) * diag(2)
expectation <- as.matrix(rated[two]) %*% solve(cov(ratings), trait) / sqrt(reliability)
within <- sum(rated$fit_rating_within^2) / (nrow(rated) - nlevels(rated$therapist))
replaced <- rated
replaced[two] <- expectation
replaced$fit_rating_within <- rated$fit_rating_within * (1 - (1 - reliability) / within) / sqrt(reliability)
fit <- glmer(binomial_formula("events", covariates, "(1 | therapist)"), replaced, family = binomial, nAGQ = 25,
  control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
table <- summary(fit)$coefficients[c(two, "fit_rating_within"), ]
keep("lme4, calibrated", "rated", rownames(table), table[, 1], table[, 2])

found <- do.call(rbind, rows)
numbers <- sapply(found, is.numeric)
found[numbers] <- lapply(found[numbers], signif, 8)
write.csv(found, arguments[2], row.names = FALSE)
