# Fit the random-intercept logistic model by R packages, and write their estimates.
#
#   Rscript fit.R FOLDER OUTPUT METHOD...
#
# FOLDER holds <data set>.csv with columns events, trials, unit, x1, x2, ...; METHOD is lme4, glmmTMB or brms. The priors
# of brms are those of tests/peers/test_r_packages.py.
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
output <- arguments[2]
methods <- arguments[-(1:2)]
options(mc.cores = 2, warn = 1)

row <- function(set, method, parameter, estimate, error, mcse) {
  data.frame(dataset = set, method = method, parameter = parameter, estimate = estimate, error = error, mcse = mcse)
}

maximum <- function(set, method, names, beta, error, sd) {
  rbind(row(set, method, names, beta, error, NA), row(set, method, "therapist_sd", sd, NA, NA))
}

by_lme4 <- function(set, data, terms) {
  formula <- as.formula(paste("cbind(events, trials - events) ~", terms, "+ (1 | unit)"))
  fit <- lme4::glmer(formula, data, family = binomial, nAGQ = 25,
    control = lme4::glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
  table <- summary(fit)$coefficients
  maximum(set, "lme4", rownames(table), table[, 1], table[, 2], as.data.frame(lme4::VarCorr(fit))$sdcor[1])
}

by_glmmTMB <- function(set, data, terms) {
  formula <- as.formula(paste("cbind(events, trials - events) ~", terms, "+ (1 | unit)"))
  fit <- glmmTMB::glmmTMB(formula, data, family = binomial)
  table <- summary(fit)$coefficients$cond
  maximum(set, "glmmTMB", rownames(table), table[, 1], table[, 2], sqrt(glmmTMB::VarCorr(fit)$cond$unit[1, 1]))
}

by_brms <- function(set, data, terms) {
  suppressMessages(library(brms))
  if (!nzchar(system.file("include", package = "BH"))) { # Debian has Boost's headers where the compiler finds them
    rstan::rstan_options(boost_lib = "/usr/include")
  }
  formula <- bf(as.formula(paste("events | trials(trials) ~ 0 + Intercept +", terms, "+ (1 | unit)")))
  prior <- c(
    set_prior("normal(0, 1)", class = "b"), set_prior("normal(-1, 1.5)", class = "b", coef = "Intercept"),
    set_prior("normal(0, 1)", class = "sd")
  )
  fit <- brm(formula, data, family = binomial(), prior = prior, chains = 4, iter = 5000, warmup = 1000, seed = 1,
    refresh = 0, silent = 2, control = list(adapt_delta = 0.95))
  draws <- posterior::as_draws_array(fit)
  names <- c(paste0("b_", c("Intercept", strsplit(terms, " + ", fixed = TRUE)[[1]])), "sd_unit__Intercept")
  each <- lapply(names, function(name) posterior::extract_variable_matrix(draws, name))
  labels <- c(sub("^b_", "", names[-length(names)]), "therapist_sd")
  labels[1] <- "(Intercept)"
  row(set, "brms", labels, sapply(each, mean), sapply(each, sd), sapply(each, posterior::mcse_mean))
}

rows <- list()
for (path in list.files(folder, pattern = "[.]csv$", full.names = TRUE)) {
  set <- sub("[.]csv$", "", basename(path))
  data <- read.csv(path)
  data$unit <- factor(data$unit)
  terms <- paste(grep("^x[0-9]+$", names(data), value = TRUE), collapse = " + ")
  for (method in methods) {
    rows[[length(rows) + 1]] <- get(paste0("by_", method))(set, data, terms)
    message(set, ", ", method, ": done")
  }
}
found <- do.call(rbind, rows)
found$version <- sapply(found$method, function(name) as.character(packageVersion(name)))
write.csv(found, output, row.names = FALSE)
